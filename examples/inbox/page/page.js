// What the page knows, what it does, and when it looks again.
import * as api from "./api.js";
import { byId, el, notify } from "./dom.js";
import { columnsOf } from "./columns.js";
import { exportCsv } from "./csv.js";
import { renderDeliveries } from "./deliveries.js";
import { renderDetail } from "./detail.js";
import { renderEvents } from "./events.js";
import { renderSources } from "./sources.js";

const TABS = ["pending", "promoted", "rejected", "dead", "all", "deliveries"];
const INVERSE = { promote: "replay", reject: "reopen" };

const state = {
  tenant: "", source: "", status: "pending",
  sources: [], unknown: 0, events: [], deliveries: [], next: null, pages: 1,
  selected: new Set(), here: null, open: null, detail: null, known: null, last: null,
};

const on = { open, select, close: () => open(null), act, columns: (source) => { choose(source); } };

function render() {
  renderTenants();
  renderSources(state, choose);
  renderTabs();
  const history = state.status === "deliveries";
  byId("tools").hidden = history;
  if (history) renderDeliveries(state, on); else keepFocus(() => renderEvents(state, on));
  byId("more").hidden = !state.next;
  renderTools();
}

// The table is made anew; whoever was in it with the keyboard stays where they were.
function keepFocus(draw) {
  const focused = document.activeElement?.closest?.("#list tr[data-id]");
  const inner = focused && document.activeElement.matches("input") ? "input" : ".open-event";
  draw();
  if (focused) byId("list").querySelector(`tr[data-id="${focused.dataset.id}"] ${inner}`)?.focus();
}

function renderTenants() {
  const tenants = [...new Set(state.sources.map((source) => source.tenant))];
  const select = byId("tenant");
  select.replaceChildren(...tenants.map((tenant) => el("option", { selected: tenant === state.tenant }, tenant)));
  select.parentElement.hidden = tenants.length < 2;
}

function renderTabs() {
  const mine = state.sources.filter((source) => source.tenant === state.tenant && (!state.source || source.source === state.source));
  const count = (status) => mine.reduce((total, source) => total + (source.counts[status] ?? 0), 0);
  const shown = TABS.filter((tab) => tab !== "dead" || count("dead") > 0 || state.status === "dead");
  const focused = document.activeElement?.dataset?.tab;
  byId("tabs").replaceChildren(...shown.map((tab) => el("button", {
      type: "button", role: "tab", "data-tab": tab, "aria-selected": String(tab === state.status),
      onclick: () => { Object.assign(state, { status: tab, pages: 1, known: null }); state.selected.clear(); load(); },
    },
    tab[0].toUpperCase() + tab.slice(1),
    tab in (mine[0]?.counts ?? {}) ? el("span", { class: "count" }, ` ${count(tab)}`) : null)));
  if (focused) byId("tabs").querySelector(`[data-tab="${focused}"]`)?.focus();
}

function targets() {
  if (state.selected.size) return state.events.filter((event) => state.selected.has(event.id));
  const id = state.here ?? state.open;
  const event = state.events.find((other) => other.id === id) ?? (state.detail?.id === id ? state.detail : null);
  return event ? [event] : [];
}

function renderTools() {
  const events = targets();
  const any = (...statuses) => events.some((event) => statuses.includes(event.status));
  byId("promote").disabled = !any("pending");
  byId("reject").disabled = !any("pending");
  byId("reopen").disabled = !any("promoted", "rejected", "dead");
  byId("undo").disabled = !state.last;
  byId("selected").textContent = state.selected.size ? `${state.selected.size} selected` : "Select all";
  byId("select-all").checked = state.events.length > 0 && state.selected.size === state.events.length;
  byId("export").disabled = state.events.length === 0;
}

let loading = 0;
async function load() {
  const mine = ++loading;
  const { sources, unknown } = await api.sources();
  if (mine !== loading) return;
  state.sources = sources;
  state.unknown = unknown;
  state.tenant ||= sources[0]?.tenant ?? "";
  const query = { tenant: state.tenant, source: state.source };
  let rows = [], next = null;
  for (let page = 0; page < state.pages; page += 1) {
    const answer = state.status === "deliveries"
      ? await api.deliveries({ ...query, after: next })
      : await api.events({
        ...query, after: next, status: state.status === "all" ? "" : state.status,
        columns: JSON.stringify(columnsOf(state.tenant, state.source)),
      });
    rows = rows.concat(answer.events ?? answer.deliveries);
    next = answer.next;
    if (!next) break;
  }
  if (mine !== loading) return;
  state.next = next;
  if (state.status === "deliveries") state.deliveries = rows;
  else {
    state.events = rows;
    const ids = new Set(rows.map((event) => event.id));
    for (const id of state.selected) if (!ids.has(id)) state.selected.delete(id);
    if (state.here !== null && !ids.has(state.here)) state.here = null;
  }
  render();
  state.known = new Set(state.events.map((event) => event.id));
  if (state.open !== null) await refreshDetail();
}

async function refreshDetail() {
  const id = state.open;
  const detail = await api.event(state.tenant, id);
  if (state.open !== id) return;
  state.detail = detail;
  renderDetail(state, detail, on);
  renderTools();
}

async function open(id) {
  state.open = id;
  if (id === null) { state.detail = null; renderDetail(state, null, on); render(); return; }
  state.here = id;
  if (state.status !== "deliveries") render();
  await refreshDetail().catch((error) => notify(error.message));
}

function select(id) {
  if (!state.selected.delete(id)) state.selected.add(id);
  state.here = id;
  render();
}

function choose(source) {
  Object.assign(state, { source, pages: 1, known: null });
  state.selected.clear();
  if (state.status === "deliveries" && state.open !== null) state.status = "all";
  load().catch(failed);
}

// A decision about what is selected, or else about the event at hand. "Back to pending" is another
// move for each state that an event can come back from.
async function act(action) {
  const events = targets();
  const groups = new Map();
  for (const event of events) {
    const move = action === "reopen" ? { promoted: "replay", rejected: "reopen", dead: "retry" }[event.status] : action;
    if (move && (action === "reopen" || event.status === "pending")) groups.set(move, [...(groups.get(move) ?? []), event.id]);
  }
  if (!groups.size) return;
  const reason = document.querySelector("#detail .reason")?.value;
  const done = [], late = [];
  for (const [move, ids] of groups) {
    const { results } = await api.settle({ tenant: state.tenant, ids, action: move, reason });
    const moved = results.filter((result) => result.done).map((result) => result.id);
    if (moved.length && INVERSE[move]) done.push({ ids: moved, action: INVERSE[move] });
    late.push(...results.filter((result) => !result.done));
    notify(sentence(move, moved.length, late));
  }
  state.last = done.length ? done : null;
  moveOn(events);
  state.selected.clear();
  await load();
}

function sentence(move, count, late) {
  const words = { promote: "promoted", reject: "rejected", reopen: "back to pending", replay: "back to pending", retry: "back to pending" };
  const parts = [];
  if (count) parts.push(`${count === 1 ? "1 event" : `${count} events`} ${words[move]}. Undo with u.`);
  for (const { id, status } of late) {
    if (status === "held") parts.push(`A worker has event ${id} in hand.`);
    else if (status) parts.push(`Event ${id} was ${status} by someone else meanwhile.`);
    else parts.push(`Event ${id} is not there any more.`);
  }
  return parts.join(" ");
}

// After a decision the next event is at hand.
function moveOn(events) {
  const gone = new Set(events.map((event) => event.id));
  const at = state.events.findIndex((event) => event.id === state.here);
  const next = state.events.slice(at + 1).find((event) => !gone.has(event.id));
  if (state.status === "all" || at < 0) return;
  state.here = next?.id ?? null;
  if (state.open !== null && next) state.open = next.id;
}

async function undo() {
  if (!state.last) return;
  const moves = state.last;
  state.last = null;
  let count = 0;
  for (const { ids, action } of moves) {
    const { results } = await api.settle({ tenant: state.tenant, ids, action });
    count += results.filter((result) => result.done).length;
  }
  notify(`${count === 1 ? "1 event is" : `${count} events are`} pending again.`);
  await load();
}

function step(by) {
  if (!state.events.length || state.status === "deliveries") return;
  const at = state.events.findIndex((event) => event.id === state.here);
  const to = at < 0 ? 0 : Math.min(Math.max(at + by, 0), state.events.length - 1);
  state.here = state.events[to].id;
  render();
  const row = byId("list").querySelector(`tr[data-id="${state.here}"]`);
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector(".open-event").focus({ preventScroll: true });
  if (state.open !== null) open(state.here);
}

const failed = (error) => notify(`That did not work: ${error.message}`);
const attempt = (work) => Promise.resolve().then(work).catch(failed);

const KEYS = {
  j: () => step(1), k: () => step(-1),
  x: () => state.here !== null && select(state.here),
  p: () => act("promote"), r: () => act("reject"), b: () => act("reopen"), u: undo,
  "?": () => byId("help").showModal(),
  Escape: () => open(null),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const key = KEYS[event.key];
  if (!key) return;
  event.preventDefault();
  attempt(key);
});

byId("promote").addEventListener("click", () => attempt(() => act("promote")));
byId("reject").addEventListener("click", () => attempt(() => act("reject")));
byId("reopen").addEventListener("click", () => attempt(() => act("reopen")));
byId("undo").addEventListener("click", () => attempt(undo));
byId("export").addEventListener("click", () => exportCsv(state));
byId("help-button").addEventListener("click", () => byId("help").showModal());
byId("more").addEventListener("click", () => { state.pages += 1; attempt(load); });
byId("select-all").addEventListener("change", (event) => {
  state.selected = new Set(event.target.checked ? state.events.map((other) => other.id) : []);
  render();
});
byId("tenant").addEventListener("change", (event) => {
  Object.assign(state, { tenant: event.target.value, source: "", pages: 1, known: null });
  attempt(load);
});

// The server answers as soon as something happened that this page has not seen.
async function watch() {
  const live = byId("live");
  let seen = 0;
  for (;;) {
    try {
      const { news } = await api.news(seen);
      live.textContent = "live";
      live.classList.add("on");
      if (news !== seen) {
        seen = news;
        await load();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    } catch {
      live.textContent = "not connected";
      live.classList.remove("on");
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

watch();
