// Where nothing is shown: why, and what to do next.
import { command } from "./copy.js";
import { button, el } from "./dom.js";
import { mine, state } from "./state.js";

const NOTHING = {
  pending: ["Nothing waits for you.", "Deliveries appear here as they come."],
  promoted: ["Nothing was promoted yet.", "Open a pending event, look at what it becomes, and press p."],
  rejected: ["Nothing was rejected.", "What you reject stays here, and keeps its dedupe key, so that a retry does not bring it back."],
  dead: ["Nothing was given up on.", "Events whose promotion failed too often wait here."],
  all: ["No events yet.", "Deliveries appear here as they come."],
  deliveries: ["No deliveries yet.", "Each delivery gets a line here, refused ones too, with the reason."],
  records: ["Nothing was created yet.", "What promotion creates is listed here; a host keeps it in its own database."],
};

export function emptyState(on) {
  if (!state.isLoaded) return el("div", { class: "empty" }, el("p", {}, "Looking…"));
  if (state.search) {
    return el("div", { class: "empty" },
      el("p", { class: "lead" }, `Nothing here holds “${state.search}”.`),
      button("Clear the search", on.clearSearch));
  }
  const [lead, next] = NOTHING[state.tab];
  const sources = mine();
  const isNew = sources.every((source) => !source.last_accepted);
  const first = sources.find((source) => source.command);
  return el("div", { class: "empty" },
    el("p", { class: "lead" }, lead),
    el("p", {}, next),
    isNew && first ? command(first.command, `Send a signed delivery to ${first.name}: paste this into a terminal`) : null,
    isNew && !state.source ? el("p", {}, "Choose a source on the left for its own command.") : null);
}
