import type { Schemas } from "../api/client";

type Kind = Schemas["DirectoryKind"];
type Attribute = keyof Required<Schemas["DirectoryAttributes"]>;

/** What is read where nothing else is given (docs/directory.md). */
export const usual: Record<Kind, { people: string; groups: string } & Record<Attribute, string>> = {
  ActiveDirectory: {
    people: "(&(objectCategory=person)(objectClass=user))",
    groups: "(objectClass=group)",
    mail: "mail",
    others: "proxyAddresses",
    name: "displayName, else cn",
    principal: "userPrincipalName",
    member: "member",
  },
  OpenLdap: {
    people: "(objectClass=inetOrgPerson)",
    groups: "(objectClass=groupOfNames)",
    mail: "mail",
    others: "none",
    name: "displayName, else cn",
    principal: "uid",
    member: "member",
  },
};

/** No attribute is named otherwise. */
export const asUsual: Schemas["DirectoryAttributes"] =
  { mail: null, others: null, name: null, principal: null, member: null };

/** The attributes in the order in which they are asked for. */
export const attributes: Attribute[] = ["mail", "others", "name", "principal", "member"];
