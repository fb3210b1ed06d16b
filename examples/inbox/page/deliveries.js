// The history of deliveries: what came of each, and why one was refused.
import { badge, byId, bytes, el, moment } from "./dom.js";
import { nameOf } from "./events.js";

export function renderDeliveries(state, on) {
  const list = byId("list");
  if (state.deliveries.length === 0) {
    list.replaceChildren(el("div", { class: "empty" }, el("p", {}, "No deliveries yet.")));
    return;
  }
  list.replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, ...["At", "Source", "Outcome", "What was wrong", "Answered", "From"].map((name, index) =>
      el("th", { scope: "col", class: index > 3 ? "wide" : "" }, name)))),
    el("tbody", {}, ...state.deliveries.map((row) => delivery(state, row, on)))));
}

function delivery(state, row, on) {
  const about = [];
  if (row.reason) about.push(el("b", {}, row.reason.replaceAll("_", " ")), " ");
  if (row.detail) about.push(el("span", { class: "why" }, row.detail));
  if (row.event !== null) about.push(el("button", { type: "button", class: "open-event", onclick: () => on.open(row.event) }, `event ${row.event}`));
  if (row.bytes !== null) about.push(el("span", { class: "why" }, ` ${bytes(row.bytes)}`));
  if (row.count > 1) about.push(el("span", { class: "why" }, ` and ${row.count - 1} more like it`));
  return el("tr", {},
    el("td", { class: "when" }, moment(row.at)),
    el("td", {}, nameOf(state, row.source)),
    el("td", {}, badge(row.outcome)),
    el("td", {}, ...about),
    el("td", { class: "number wide" }, String(row.status)),
    el("td", { class: "number wide" }, row.remote ?? ""));
}
