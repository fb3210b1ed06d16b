// What promotion created: the host's own records.
import { badge, button, byId, el, fill, keepFocus } from "./dom.js";
import { emptyState } from "./empty.js";
import { state } from "./state.js";

export function renderRecords(on) {
  const list = byId("list");
  keepFocus(list, () => {
    if (state.records.length === 0) { fill(list, emptyState(on)); return; }
    fill(list, el("table", {},
      el("caption", { class: "unseen" }, "Records, newest first"),
      el("thead", {}, el("tr", {}, ["Record", "Fields", "From"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, state.records.map((record) => el("tr", {},
        el("td", {}, badge(record.id, "entity-name")),
        el("td", { class: "about" }, record.fields.map(([name, value], index) =>
          el("span", { class: "pair" }, index ? " · " : "", el("span", { class: "soft" }, `${name} `), value))),
        el("td", {}, button(`event ${record.event}`, () => on.open(record.event), { class: "open-event", "data-focus": `record ${record.id}` })))))));
  });
}
