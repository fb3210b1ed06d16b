// The history of deliveries: what came of each, why one was refused, and what to do.
import { badge, button, byId, bytes, el, fill, keepFocus, moment } from "./dom.js";
import { emptyState } from "./empty.js";
import { mine, nameOf, state } from "./state.js";

export function renderDeliveries(on) {
  const list = byId("list");
  keepFocus(list, () => {
    if (state.deliveries.length === 0) { fill(list, emptyState(on)); return; }
    fill(list, diagnosis(on), el("table", { class: "deliveries" },
      el("caption", { class: "unseen" }, "Deliveries, newest first"),
      el("thead", {}, el("tr", {}, ["At", "Source", "Outcome", "Reason", "Answered", "From"].map((name, index) =>
        el("th", { scope: "col", class: index > 3 ? "wide number" : "" }, name)))),
      el("tbody", {}, state.deliveries.map((row) => delivery(row, on)))));
  });
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;

function delivery(row, on) {
  const about = [];
  if (row.detail || row.reason) {
    const what = sentence(row.detail ?? row.reason.replaceAll("_", " "));
    about.push(el("div", {}, el("b", {}, what), row.reason ? el("code", { class: "code" }, row.reason) : null, row.event === null && row.bytes !== null ? el("span", { class: "why" }, ` ${bytes(row.bytes)}`) : null));
  }
  if (row.advice) about.push(el("div", { class: "why" }, row.advice));
  if (row.hints.length) about.push(el("ul", { class: "hints", "aria-label": "What would have matched" }, row.hints.map((hint) => el("li", {}, hint))));
  if (row.event !== null) {
    about.push(button(`event ${row.event}`, () => on.open(row.event), { class: "open-event", "data-focus": `event ${row.event} ${row.at}` }));
  }
  if (row.event !== null && row.bytes !== null) about.push(el("span", { class: "why" }, ` ${bytes(row.bytes)}`));
  if (row.count > 1) about.push(el("span", { class: "why" }, ` and ${row.count - 1} more like it`));
  return el("tr", {},
    el("td", { class: "when" }, moment(row.at)),
    el("td", {}, nameOf(row.source)),
    el("td", {}, badge(row.outcome)),
    el("td", { class: "about" }, about),
    el("td", { class: "number wide" }, String(row.status)),
    el("td", { class: "number wide" }, row.remote ?? ""));
}

// Opened for a source, the next refused deliveries are looked into: what would have matched.
function diagnosis(on) {
  const refused = mine().filter((source) => Object.keys(source.refused).length);
  const open = state.diagnosed;
  if (!refused.length && !open.length) return null;
  const running = open.map((one) => el("p", { class: "why" },
    `Looking into refused deliveries of ${nameOf(one.source)} until `, moment(one.until), ". Have the sender send it again. ",
    button("Stop", () => on.diagnose(one.source, "close"), { "aria-label": `Stop looking into ${nameOf(one.source)}`, "data-focus": `close ${one.source}` })));
  const offers = refused.filter((source) => !open.some((one) => one.source === source.source))
    .map((source) => button(`Diagnose ${source.name}`, () => on.diagnose(source.source, "open"), { "data-focus": `diagnose ${source.source}` }));
  return el("section", { class: "diagnosis", "aria-labelledby": "diagnosis-title" },
    el("h3", { id: "diagnosis-title" }, "Why is it refused?"),
    offers.length ? el("p", { class: "why" }, "Open the diagnosis, then have the sender send it again: its line says what would have matched. The sender is told nothing.") : null,
    offers.length ? el("div", { class: "offers" }, offers) : null,
    running);
}
