// The columns that this browser shows for each source.

const key = (tenant, source) => `columns ${tenant}/${source}`;

export function columnsOf(tenant, source) {
  if (!source) return [];
  try {
    const kept = JSON.parse(localStorage.getItem(key(tenant, source)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((name) => typeof name === "string").slice(0, 8) : [];
  } catch {
    return [];
  }
}

export function toggleColumn(tenant, source, path) {
  const kept = columnsOf(tenant, source);
  const next = kept.includes(path) ? kept.filter((name) => name !== path) : [...kept, path].slice(-8);
  localStorage.setItem(key(tenant, source), JSON.stringify(next));
}
