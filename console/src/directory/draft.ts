import type { Schemas } from "../api/client";
import type { Connection } from "./queries";
import { asUsual, attributes } from "./usual";

/** How a directory is read, as it is typed: what is empty is as usual. */
export interface Draft {
  kind: Schemas["DirectoryKind"];
  urls: string;
  startTls: boolean;
  ca: string;
  bind: string;
  password: string;
  base: string;
  people: string;
  groups: string;
  names: Record<(typeof attributes)[number], string>;
}

/** What is typed for a connection, or for none yet. */
export function draftOf(connection?: Connection): Draft {
  const own = connection?.attributes ?? asUsual;
  return {
    kind: connection?.kind ?? "ActiveDirectory",
    urls: connection?.urls.join("\n") ?? "",
    startTls: connection?.start_tls ?? false,
    ca: connection?.ca ?? "",
    bind: connection?.bind ?? "",
    password: "",
    base: connection?.base ?? "",
    people: connection?.people ?? "",
    groups: connection?.groups ?? "",
    names: { mail: own.mail ?? "", others: own.others ?? "", name: own.name ?? "", principal: own.principal ?? "",
      member: own.member ?? "" },
  };
}

/** The connection that was typed. */
export function connectionOf(draft: Draft): Connection {
  const given = (text: string) => text.trim() || null;
  return {
    kind: draft.kind,
    urls: draft.urls.split(/[\s,]+/).filter(Boolean),
    start_tls: draft.startTls,
    ca: given(draft.ca),
    bind: draft.bind.trim(),
    base: draft.base.trim(),
    people: given(draft.people),
    groups: given(draft.groups),
    attributes: attributes.reduce((all, name) => ({ ...all, [name]: given(draft.names[name]) }), asUsual),
  };
}

/** Whether enough is typed to ask the directory; a password is kept where one is set up. */
export function isWhole(draft: Draft, kept: boolean): boolean {
  const { urls, bind, base, password } = draft;
  return [urls, bind, base].every((text) => text.trim()) && (kept || password !== "");
}
