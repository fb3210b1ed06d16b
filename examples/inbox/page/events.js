// The table of events.
import { badge, byId, bytes, count, el, keepFocus, moment } from "./dom.js";
import { emptyState } from "./empty.js";
import { nameOf, state } from "./state.js";

export function renderEvents(on) {
  const list = byId("list");
  keepFocus(list, () => {
    if (state.events.length === 0) { list.replaceChildren(emptyState(on)); return; }
    list.replaceChildren(table(on));
  });
}

function table(on) {
  const columns = state.columns;
  const head = (name, kind = "") => el("th", { scope: "col", class: kind }, name);
  return el("table", { class: "events" },
    el("caption", { class: "unseen" }, "Events, newest first"),
    el("thead", {}, el("tr", {},
      el("th", { scope: "col" }, el("span", { class: "unseen" }, "Select")),
      head("Received"),
      state.source ? null : head("Source", "narrow-out"),
      head("Event"),
      columns.map((name) => head(name.split(".").pop(), "cell-head")),
      head("Becomes", "narrow-out becomes"), head("Status", "narrow-out status"), head("Size", "wide number"))),
    el("tbody", {}, state.events.map((event) => row(event, on))));
}

function row(event, on) {
  const classes = [];
  if (event.id === state.here) classes.push("here");
  if (event.id === state.open) classes.push("shown");
  if (state.known && !state.known.has(event.id)) classes.push("fresh");
  const title = event.type ?? `Event ${event.id}`;
  const chosen = state.columns.length > 0;
  return el("tr", {
      class: classes.join(" "), "data-id": event.id,
      onclick: (click) => { if (!click.target.closest("input, button")) on.open(event.id); },
    },
    el("td", { class: "pick" }, el("input", {
      type: "checkbox", "aria-label": `Select ${title}, event ${event.id}`, "data-focus": `pick ${event.id}`,
      checked: state.selected.has(event.id), onchange: () => on.select(event.id),
    })),
    el("td", { class: "when" }, moment(event.at)),
    state.source ? null : el("td", { class: "source-name narrow-out" }, nameOf(event.source)),
    el("td", { class: chosen ? "title" : "title wide-title" },
      el("button", { type: "button", class: "open-event", "data-focus": `open ${event.id}`, onclick: () => on.open(event.id) }, title),
      chosen ? null : preview(event)),
    chosen ? event.cells.map(cell) : null,
    el("td", { class: "narrow-out becomes" }, becomes(event)),
    el("td", { class: "narrow-out status" }, badge(event.status), event.authenticated ? null : badge("unsigned", "unsigned", "Its signature does not cover the body")),
    el("td", { class: "number wide" }, bytes(event.bytes)));
}

function cell(value) {
  if (value.kind === "missing") return el("td", { class: "cell none" }, "");
  return el("td", { class: `cell ${value.kind}`, title: value.cut ? "The value is longer; the event keeps all of it" : null }, value.text);
}

function preview(event) {
  const parts = event.cells.flatMap((value, index) =>
    [index ? " · " : "", `${value.label.split(".").pop()} `, el("b", {}, value.text)]);
  return el("div", { class: "preview" }, parts, event.more > 0 ? ` · ${event.more} more` : null);
}

// What promotion would create; for a person, the one thing to know before pressing p.
function becomes(event) {
  if (event.status !== "pending") return "";
  if (!event.plan) return el("span", { class: "soft" }, "nothing");
  if (event.plan.error) return el("span", { class: "bad", title: event.plan.error }, "cannot be promoted");
  return count(event.plan.records, "record");
}
