// The chosen source: its address, what it does, and the way to its settings.
import { badge, button, byId, el, fill } from "./dom.js";
import { copyButton } from "./copy.js";
import { sourceOf, state } from "./state.js";

export function renderSource(on) {
  const panel = byId("source");
  const source = state.source ? sourceOf(state.source) : null;
  panel.hidden = !source;
  if (!source) { panel.replaceChildren(); return; }
  fill(panel,
    el("div", { class: "source-head" },
      el("h2", {}, source.name),
      badge(source.mode === "auto" ? "automatic" : "review", "mode",
        source.mode === "auto" ? "Events are promoted as they come" : "Events wait for a person"),
      source.lifecycle === "active" ? null : badge(source.lifecycle, "duplicate"),
      source.binds_body ? null : badge("body not signed", "unsigned", "Whoever sees one delivery can send another body"),
      el("span", { class: "spacer" }),
      button("Columns and dedupe key", () => on.learn(source), { "data-focus": "learn" }),
      button("Test command", () => on.test(source), { "data-focus": "test", disabled: !source.command })),
    el("dl", { class: "source-facts" },
      fact("Address", el("code", {}, source.url), " ", copyButton(source.url, "Copy", "The address is copied.")),
      fact("Same event if", source.dedupe
        ? `${source.dedupe.parts.join(" + ")} is the same, ${source.dedupe.window}` : "never: each delivery is new"),
      fact("Becomes", source.workflows.length ? source.workflows.join("; ") : "nothing yet: no workflow takes its events"),
      source.warnings.length ? fact("Note", source.warnings.join("; ")) : null));
}

const fact = (name, ...what) => el("div", {}, el("dt", {}, name), el("dd", {}, ...what));
