import type { Schemas } from "../api/client";
import { texts } from "../texts";
import { words } from "../texts/applications";

export type Application = Schemas["Application"];
type Client = Schemas["Client"];

/** An application as a form holds it. */
export interface Draft {
  name: string;
  audience: Schemas["Entrants"];
  accounts: string[];
  /** Empty for any. */
  license: Schemas["BaseLicense"] | "";
  /** Empty for none. */
  feature: string;
  signsIn: boolean;
  isPublic: boolean;
  /** One address in each line, as in `afterLogout`. */
  redirects: string;
  afterLogout: string;
  backchannel: string;
  thirdParty: boolean;
  jwt: boolean;
  rs256: boolean;
}

/** A form that nothing was typed into. */
export const blank = (owner: string | undefined): Draft => ({
  name: "", audience: owner ? "members" : "anyone", accounts: [], license: "", feature: "", signsIn: true,
  isPublic: false, redirects: "", afterLogout: "", backchannel: "", thirdParty: false, jwt: false, rs256: false,
});

/** What the form holds of an application that there is. */
export function draftOf({ name, audience, accounts, required_license, required_feature, client }: Application): Draft {
  return {
    name,
    audience,
    accounts,
    license: required_license ?? "",
    feature: required_feature ?? "",
    signsIn: Boolean(client),
    isPublic: client?.public ?? false,
    redirects: (client?.redirect_uris ?? []).join("\n"),
    afterLogout: (client?.post_logout_redirect_uris ?? []).join("\n"),
    backchannel: client?.backchannel_logout_uri ?? "",
    thirdParty: client?.third_party ?? false,
    jwt: client?.access_tokens === "jwt",
    rs256: client?.id_token_algorithm === "RS256",
  };
}

/** What the admin API is sent for it. */
export function bodyOf(draft: Draft) {
  return {
    name: draft.name.trim(),
    audience: draft.audience,
    ...(draft.audience === "accounts" && { accounts: draft.accounts }),
    required_license: draft.license || null,
    required_feature: draft.feature || null,
    client: draft.signsIn ? clientOf(draft) : null,
  };
}

function clientOf(draft: Draft): Client {
  return {
    public: draft.isPublic,
    redirect_uris: lines(draft.redirects),
    post_logout_redirect_uris: lines(draft.afterLogout),
    backchannel_logout_uri: draft.backchannel.trim() || null,
    third_party: draft.thirdParty,
    access_tokens: draft.jwt ? "jwt" : "opaque",
    id_token_algorithm: draft.rs256 ? "RS256" : "ES256",
  };
}

/** What stands in the lines of a text. */
export const lines = (text: string) => text.split(/\s+/).filter(Boolean);

/** Whether enough was typed to send it. */
export function isComplete(draft: Draft): boolean {
  return draft.name.trim() !== "" && (draft.audience !== "accounts" || draft.accounts.length > 0) &&
    (!draft.signsIn || lines(draft.redirects).length > 0);
}

/** A setting as people read it: what it is called, and how it stands. */
type Setting = [label: string, value: string];

/** The settings of a form in words; `names` are those of the accounts. */
function settings(draft: Draft, names: Map<string, string>): Setting[] {
  const flag = (label: string, on: boolean): Setting => [label, draft.signsIn && on ? texts.yes : texts.no];
  const listed = draft.accounts.map((id) => names.get(id) ?? id).sort().join(", ");
  return [
    [words.name, draft.name.trim()],
    [words.audience, words.audiences[draft.audience]],
    [words.accounts, draft.audience === "accounts" ? listed : ""],
    [words.license, draft.license ? texts.license[draft.license] : words.anyLicense],
    [words.feature, draft.feature || words.anyFeature],
    [words.signsIn, draft.signsIn ? texts.yes : texts.no],
    [words.redirects, draft.signsIn ? lines(draft.redirects).join(" ") : ""],
    [words.afterLogout, draft.signsIn ? lines(draft.afterLogout).join(" ") : ""],
    [words.backchannel, draft.signsIn ? draft.backchannel.trim() : ""],
    flag(words.isPublic, draft.isPublic),
    flag(words.thirdParty, draft.thirdParty),
    flag(words.jwt, draft.jwt),
    flag(words.rs256, draft.rs256),
  ];
}

/** What is otherwise after a change. */
export function differences(before: Draft, after: Draft, names: Map<string, string>) {
  const now = settings(after, names);
  return settings(before, names)
    .map(([label, was], at) => ({ label, before: was || words.nothing, after: now[at]?.[1] || words.nothing }))
    .filter((one) => one.before !== one.after);
}
