// What the page asks the server for.

async function json(response) {
  if (response.status === 401) location.reload();
  const value = await response.json();
  if (!response.ok) throw new Error(value.error ?? response.statusText);
  return value;
}

const given = (query) =>
  new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== ""));

const get = (path, query = {}) => fetch(`${path}?${given(query)}`).then(json);

const post = (path, change) =>
  fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  }).then(json);

export const sources = () => get("/api/sources");
export const events = (query) => get("/api/events", query);
export const event = (tenant, id) => get(`/api/events/${id}`, { tenant });
export const deliveries = (query) => get("/api/deliveries", query);
export const records = (tenant) => get("/api/records", { tenant });
export const news = (seen) => get("/api/news", { seen });
export const capture = (tenant, source) => get("/api/capture", { tenant, source });

export const settle = (change) => post("/api/settle", change);
export const learn = (change) => post("/api/capture", change);
export const diagnose = (tenant, source, action) => post("/api/diagnose", { tenant, source, action });

export const csvAddress = (query) => `/api/events.csv?${given(query)}`;
