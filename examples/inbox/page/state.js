// What the page knows.

export const TABS = ["pending", "promoted", "rejected", "dead", "all", "deliveries", "records"];

// Lists of events; the others show something else.
export const isEvents = (tab) => !["deliveries", "records"].includes(tab);

export const state = {
  tenant: "", source: "", tab: "pending", search: "",
  sources: [], unknown: 0,
  events: [], columns: [], next: null, pages: 1, searched: 0,
  deliveries: [], diagnosed: [], records: [],
  selected: new Set(), here: null, open: null, detail: null,
  // The events that were there before the last look, so that new ones can be shown as new.
  known: null,
  // What the last decision was, so that it can be undone.
  last: null,
  isLoaded: false,
};

export const sourceOf = (name) =>
  state.sources.find((other) => other.tenant === state.tenant && other.source === name);

export const nameOf = (name) => sourceOf(name)?.name ?? name;

export const mine = () =>
  state.sources.filter((source) => source.tenant === state.tenant && (!state.source || source.source === state.source));

export const query = () => ({
  tenant: state.tenant, source: state.source, search: state.search,
  status: state.tab === "all" ? "" : state.tab,
});
