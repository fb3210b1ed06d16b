// Joins the parts: when to look again, and what each control does.
import * as api from "./api.js";
import { byId, count, el } from "./dom.js";
import { decide, targets, undo } from "./decide.js";
import { renderDeliveries } from "./deliveries.js";
import { renderDetail } from "./detail.js";
import { renderEvents } from "./events.js";
import { listenToKeys } from "./keys.js";
import { closeLearning, openLearning, refreshLearning } from "./learn.js";
import { announce, attempt, notify } from "./notice.js";
import { command } from "./copy.js";
import { readPlace, writePlace } from "./place.js";
import { released } from "./press.js";
import { renderRecords } from "./records.js";
import { renderSource } from "./source.js";
import { renderSources } from "./sources.js";
import { TABS, isEvents, mine, query, sourceOf, state } from "./state.js";

const on = {
  open, select, close: () => open(null),
  act: async (action) => { if (await decide(action)) await load(); },
  undo: async () => { await undo(); await load(); },
  learn: (source) => attempt(() => openLearning(source ?? sourceOf(state.source), state.tenant, load)),
  test, column, clearSearch: () => search(""),
  diagnose: (source, action) => attempt(async () => { await api.diagnose(state.tenant, source, action); await load(); }),
};

function render() {
  renderTenants();
  renderSources(choose);
  renderSource(on);
  renderTabs();
  byId("tools").hidden = !isEvents(state.tab);
  byId("search-form").hidden = !isEvents(state.tab);
  if (state.tab === "deliveries") renderDeliveries(on);
  else if (state.tab === "records") renderRecords(on);
  else renderEvents(on);
  byId("more").hidden = !state.next || state.tab === "records";
  renderTools();
  writePlace();
}

function renderTenants() {
  const tenants = [...new Set(state.sources.map((source) => source.tenant))];
  const select = byId("tenant");
  select.replaceChildren(...tenants.map((tenant) => el("option", { selected: tenant === state.tenant }, tenant)));
  select.parentElement.hidden = tenants.length < 2;
}

function renderTabs() {
  const counted = (status) => mine().reduce((total, source) => total + (source.counts[status] ?? 0), 0);
  const shown = TABS.filter((tab) => tab !== "dead" || counted("dead") > 0 || state.tab === "dead");
  const focused = document.activeElement?.dataset?.tab;
  const tabs = shown.map((tab) => el("button", {
      type: "button", role: "tab", "data-tab": tab, "aria-selected": String(tab === state.tab), "aria-controls": "list",
      tabindex: tab === state.tab ? "0" : "-1", onclick: () => show(tab),
    },
    tab[0].toUpperCase() + tab.slice(1),
    ["pending", "promoted", "rejected", "dead"].includes(tab) ? el("span", { class: "count" }, ` ${counted(tab)}`) : null));
  byId("tabs").replaceChildren(...tabs);
  if (focused) byId("tabs").querySelector(`[data-tab="${focused}"]`)?.focus();
  const waiting = state.sources.reduce((total, source) => total + source.counts.pending, 0);
  document.title = waiting ? `(${waiting}) Webhook inbox` : "Webhook inbox";
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
  byId("select-all").indeterminate = state.selected.size > 0 && state.selected.size < state.events.length;
  byId("select-all").disabled = state.events.length === 0;
  const link = byId("export");
  link.setAttribute("href", api.csvAddress(query()));
  link.toggleAttribute("hidden", state.events.length === 0);
  const input = byId("search");
  if (document.activeElement !== input) input.value = state.search;
}

// Looks again at everything that is shown. A later look makes an earlier one void.
let looking = 0;
async function load() {
  const look = ++looking;
  byId("list").setAttribute("aria-busy", "true");
  try {
    const { sources, unknown } = await api.sources();
    if (look !== looking) return;
    Object.assign(state, { sources, unknown });
    state.tenant ||= sources[0]?.tenant ?? "";
    if (state.source && !sourceOf(state.source)) state.source = "";
    const found = await lists();
    await released();
    if (look !== looking) return;
    Object.assign(state, found, { isLoaded: true });
    settleSelection();
    render();
    if (isEvents(state.tab)) state.known = new Set(state.events.map((event) => event.id));
    if (state.open !== null) await refreshDetail(); else renderDetail(null, on);
  } finally {
    if (look === looking) byId("list").removeAttribute("aria-busy");
  }
}

async function lists() {
  if (state.tab === "records") return { ...await api.records(state.tenant), next: null };
  const ask = state.tab === "deliveries"
    ? (after) => api.deliveries({ tenant: state.tenant, source: state.source, after })
    : (after) => api.events({ ...query(), after });
  const name = state.tab === "deliveries" ? "deliveries" : "events";
  let rows = [], answer = { next: null };
  for (let page = 0; page < state.pages; page += 1) {
    answer = await ask(answer.next);
    rows = rows.concat(answer[name]);
    if (!answer.next) break;
  }
  return { ...answer, [name]: rows };
}

function settleSelection() {
  if (!isEvents(state.tab)) return;
  const ids = new Set(state.events.map((event) => event.id));
  for (const id of state.selected) if (!ids.has(id)) state.selected.delete(id);
  if (state.here !== null && !ids.has(state.here)) state.here = null;
  const fresh = state.known ? state.events.filter((event) => !state.known.has(event.id)).length : 0;
  if (fresh && state.tab === "pending") announce(`${count(fresh, "new event")}.`);
}

async function refreshDetail() {
  const id = state.open;
  const detail = await api.event(state.tenant, id);
  await released();
  if (state.open !== id) return;
  state.detail = detail;
  renderDetail(detail, on);
  renderTools();
}

async function open(id) {
  const before = state.open;
  state.open = id;
  if (id === null) {
    state.detail = null;
    renderDetail(null, on);
    render();
    byId("list").querySelector(`[data-focus="open ${before}"]`)?.focus();
    return;
  }
  state.here = id;
  render();
  await attempt(refreshDetail);
}

function select(id) {
  if (!state.selected.delete(id)) state.selected.add(id);
  state.here = id;
  render();
}

function show(tab) {
  Object.assign(state, { tab, pages: 1, known: null, here: null, next: null });
  state.selected.clear();
  attempt(load);
}

function choose(source) {
  Object.assign(state, { source, pages: 1, known: null });
  state.selected.clear();
  if (state.detail && source && state.detail.source !== source) Object.assign(state, { open: null, detail: null });
  attempt(load);
}

let typing;
function search(text, wait = 0) {
  clearTimeout(typing);
  typing = setTimeout(() => {
    Object.assign(state, { search: text, pages: 1, known: null });
    attempt(load);
  }, wait);
}

async function column(name, path) {
  const source = sourceOf(name);
  const columns = source.columns.includes(path) ? source.columns.filter((other) => other !== path) : [...source.columns, path].slice(-8);
  await attempt(async () => {
    await api.learn({ tenant: state.tenant, source: name, action: "choose", columns });
    state.source = name;
    await load();
  });
}

function test(source) {
  byId("test-title").textContent = `Send something to ${source.name}`;
  byId("test-command").replaceChildren(command(source.command, "It signs itself when it is pasted into a terminal"));
  byId("test").showModal();
}

function step(by) {
  if (!state.events.length || !isEvents(state.tab)) return;
  const at = state.events.findIndex((event) => event.id === state.here);
  const to = at < 0 ? 0 : Math.min(Math.max(at + by, 0), state.events.length - 1);
  state.here = state.events[to].id;
  render();
  const row = byId("list").querySelector(`tr[data-id="${state.here}"]`);
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector(".open-event").focus({ preventScroll: true });
  if (state.open !== null) attempt(() => open(state.here));
}

listenToKeys({
  step, act: on.act, undo: on.undo,
  openHere: () => state.here !== null && open(state.here),
  selectHere: () => state.here !== null && select(state.here),
  learn: () => (state.source ? on.learn() : notify("Choose a source first.")),
  escape: () => (state.open !== null ? open(null) : null),
});

for (const action of ["promote", "reject", "reopen"]) {
  byId(action).addEventListener("click", () => attempt(() => on.act(action)));
}
byId("undo").addEventListener("click", () => attempt(on.undo));
byId("help-button").addEventListener("click", () => byId("help").showModal());
byId("more").addEventListener("click", () => { state.pages += 1; attempt(load); });
byId("learn").addEventListener("close", closeLearning);
byId("search").addEventListener("input", (event) => search(event.target.value.trim(), 200));
byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); search(byId("search").value.trim()); });
byId("select-all").addEventListener("change", (event) => {
  state.selected = new Set(event.target.checked ? state.events.map((other) => other.id) : []);
  render();
});
byId("tenant").addEventListener("change", (event) => {
  Object.assign(state, { tenant: event.target.value, source: "", pages: 1, known: null, open: null, detail: null });
  attempt(load);
});
// Tabs are one stop of the keyboard; arrows move among them.
byId("tabs").addEventListener("keydown", (event) => {
  const tabs = [...byId("tabs").children];
  const at = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  tabs[(to + tabs.length) % tabs.length].focus();
  show(document.activeElement.dataset.tab);
});
byId("reviewer").value = localStorage.getItem("reviewer") ?? "";
byId("reviewer").addEventListener("change", (event) => localStorage.setItem("reviewer", event.target.value.trim()));

// The server answers as soon as something happened that this page has not seen.
async function watch() {
  const live = byId("live");
  let seen = 0;
  for (;;) {
    try {
      const { news } = await api.news(seen);
      live.textContent = "live";
      live.classList.add("on");
      byId("offline").hidden = true;
      if (news !== seen) {
        seen = news;
        await load();
        await refreshLearning();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    } catch {
      live.textContent = "not connected";
      live.classList.remove("on");
      byId("offline").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

addEventListener("hashchange", () => { readPlace(); attempt(load); });

readPlace();
render();
watch();
// The time that is left in a tunnel, and "3 minutes ago", move on without news.
setInterval(() => attempt(refreshLearning), 1000);
setInterval(() => renderSources(choose), 30_000);
