// The rail of sources with their health.
import { ago, byId, el } from "./dom.js";

const sum = (counts) => Object.values(counts).reduce((left, right) => left + right, 0);

export function renderSources(state, choose) {
  const mine = state.sources.filter((source) => source.tenant === state.tenant);
  const pending = mine.reduce((total, source) => total + source.counts.pending, 0);
  const all = el("button", { type: "button", class: "source", "aria-current": String(!state.source), onclick: () => choose("") },
    el("span", { class: "name" }, "All sources"),
    el("span", { class: "count", title: "pending" }, String(pending)),
    el("span", { class: "health" }, state.unknown ? `${state.unknown} to no source` : `${mine.length} sources`));
  byId("sources").replaceChildren(all, ...mine.map((source) => item(state, source, choose)));
}

function item(state, source, choose) {
  const refused = sum(source.refused);
  const reasons = Object.entries(source.refused).map(([reason, count]) => `${count} ${reason.replaceAll("_", " ")}`);
  const notes = [...source.warnings, ...reasons.map((reason) => `refused: ${reason}`)];
  return el("button", {
      type: "button", class: "source", title: notes.join("\n"),
      "aria-current": String(state.source === source.source),
      onclick: () => choose(source.source),
    },
    el("span", { class: "name" }, source.name),
    el("span", { class: "count", title: "pending" }, String(source.counts.pending)),
    el("span", { class: "health" },
      source.lifecycle === "active" ? (source.last_accepted ? `accepted ${ago(source.last_accepted)}` : "nothing accepted yet") : source.lifecycle),
    refused ? el("span", { class: "health bad" }, `refused: ${reasons.join(", ")}`) : null);
}
