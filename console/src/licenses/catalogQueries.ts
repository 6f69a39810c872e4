import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";

/** Which licenses allow each feature. */
export type Features = Schemas["Catalog"]["features"];

/** The licenses as columns, the one that allows most first. */
export const columns: Schemas["License"][] = ["Pro", "ProTrial", "Plus", "Basic"];

/** The catalog in force. */
export const catalogQuery = queryOptions({
  queryKey: ["catalog", "now"],
  queryFn: () => answer(api.GET("/api/v1/catalog")),
});

/** A version of it, which never changes. */
export const versionQuery = (version: string) => queryOptions({
  queryKey: ["catalog", "version", version],
  queryFn: () => answer(api.GET("/api/v1/catalog/versions/{version}", { params: { path: { version } } })),
  staleTime: Infinity,
});

/** The features by name, as one reads them. */
export const sorted = (features: Features) => Object.entries(features)
  .map(([feature, licenses]) => ({ feature, licenses }))
  .sort((one, other) => one.feature.localeCompare(other.feature));

/** Two catalogs in the same words when they mean the same. */
export const meaning = (features: Features) =>
  JSON.stringify(sorted(features).map(({ feature, licenses }) => [feature, [...licenses].sort()]));
