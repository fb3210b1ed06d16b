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
      clock(source.clock_skew),
      source.old_keys ? fact("Old secrets", `${Math.ceil(source.old_keys * 100)} % of the deliveries are signed with one: keep it until none is`) : null,
      source.warnings.length ? fact("Note", source.warnings.join("; ")) : null));
}

// The way of a delivery counts too, so a second or two says nothing.
function clock(skew) {
  if (skew === null || Math.abs(skew) < 5000) return null;
  return fact("Clock", `The sender's is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? "ahead of" : "behind"} this one: synchronise both with NTP`);
}

const fact = (name, ...what) => el("div", {}, el("dt", {}, name), el("dd", {}, ...what));
