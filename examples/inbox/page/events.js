// The table of events.
import { badge, bytes, byId, el, moment } from "./dom.js";
import { columnsOf } from "./columns.js";

export function renderEvents(state, on) {
  const list = byId("list");
  if (state.events.length === 0) {
    list.replaceChildren(el("div", { class: "empty" },
      el("p", {}, state.status === "pending" ? "Nothing waits for you." : "Nothing here."),
      el("p", {}, "Deliveries appear as they come.")));
    return;
  }
  const columns = columnsOf(state.tenant, state.source);
  const heads = ["Received"];
  if (!state.source) heads.push("Source");
  heads.push("Event", ...columns, "Status");
  const table = el("table", { class: "events" },
    el("thead", {}, el("tr", {}, el("th", {}, ""), ...heads.map((name) => el("th", { scope: "col", class: name === "Source" || name === "Status" ? "narrow-out" : "" }, name)), el("th", { class: "wide", scope: "col" }, "Size"))),
    el("tbody", {}, ...state.events.map((event) => row(state, event, columns, on))));
  list.replaceChildren(table);
}

function row(state, event, columns, on) {
  const classes = [];
  if (event.id === state.here) classes.push("here");
  if (event.id === state.open) classes.push("shown");
  if (state.known && !state.known.has(event.id)) classes.push("fresh");
  const title = event.type ?? `event ${event.id}`;
  const values = columns.length
    ? event.cells.map(([, value]) => el("td", { class: value === null ? "cell none" : "cell" }, value ?? ""))
    : [];
  const preview = columns.length ? null : el("div", { class: "preview" }, ...previewOf(event));
  return el("tr", { class: classes.join(" "), "data-id": event.id, onclick: (click) => { if (!click.target.closest("input")) on.open(event.id); } },
    el("td", { class: "pick" }, el("input", { type: "checkbox", "aria-label": `Select ${title} ${event.id}`, checked: state.selected.has(event.id), onchange: () => on.select(event.id) })),
    el("td", { class: "when" }, moment(event.at)),
    state.source ? null : el("td", { class: "source-name narrow-out" }, nameOf(state, event.source)),
    el("td", { class: columns.length ? "title" : "title wide-title" }, el("button", { type: "button", class: "open-event" }, title), preview),
    ...values,
    el("td", { class: "narrow-out" }, badge(event.status), event.authenticated ? null : badge("unsigned")),
    el("td", { class: "number wide" }, bytes(event.bytes)));
}

function previewOf(event) {
  return event.cells.flatMap(([path, value], index) =>
    [index ? " · " : "", `${path.split(".").pop()} `, el("b", {}, value)]);
}

export const nameOf = (state, source) =>
  state.sources.find((other) => other.tenant === state.tenant && other.source === source)?.name ?? source;
