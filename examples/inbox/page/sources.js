// The rail of sources with their health.
import { ago, byId, count, el, keepFocus } from "./dom.js";
import { state } from "./state.js";

const sum = (counts) => Object.values(counts).reduce((left, right) => left + right, 0);

const words = (refused) =>
  Object.entries(refused).map(([reason, times]) => `${times} ${reason.replaceAll("_", " ")}`);

export function renderSources(choose) {
  const rail = byId("sources");
  const mine = state.sources.filter((source) => source.tenant === state.tenant);
  const pending = mine.reduce((total, source) => total + source.counts.pending, 0);
  const all = el("button", {
      type: "button", class: "source", "aria-current": String(!state.source), "data-focus": "source",
      onclick: () => choose(""),
    },
    el("span", { class: "name" }, "All sources"),
    tally(pending),
    el("span", { class: "health" }, count(mine.length, "source"),
      state.unknown ? el("span", { class: "bad" }, ` · ${state.unknown} sent to no source`) : null));
  keepFocus(rail, () => rail.replaceChildren(all, ...mine.map((source) => item(source, choose))));
}

const tally = (pending) =>
  pending ? el("span", { class: "tally", "aria-label": `${pending} pending` }, String(pending)) : el("span", {});

// Green: accepted of late. Amber: refused more than accepted of late. Grey: nothing, or switched off.
function mood(source, refused) {
  if (source.lifecycle !== "active" || (!source.last_accepted && !refused)) return "idle";
  return refused > source.accepted + source.duplicates ? "troubled" : "well";
}

function item(source, choose) {
  const refused = sum(source.refused);
  const kind = mood(source, refused);
  const last = source.lifecycle !== "active" ? source.lifecycle
    : source.last_accepted ? `accepted ${ago(source.last_accepted)}` : "nothing accepted yet";
  return el("button", {
      type: "button", class: "source", "data-focus": `source ${source.source}`,
      "aria-current": String(state.source === source.source),
      title: [source.provider, ...source.warnings].filter(Boolean).join("\n"),
      onclick: () => choose(source.source),
    },
    el("span", { class: "name" }, el("span", { class: `dot ${kind}`, "aria-hidden": "true" }), source.name,
      source.mode === "auto" ? el("span", { class: "auto" }, "auto") : null),
    tally(source.counts.pending),
    el("span", { class: "health" }, last, source.duplicates ? ` · ${count(source.duplicates, "duplicate").replace(" ", "\u00a0")}` : ""),
    refused ? el("span", { class: "health bad" }, `refused: ${words(source.refused).join(", ")}`) : null);
}
