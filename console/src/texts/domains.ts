/** Words about domains. */
import type { Schemas } from "../api/client";
import { texts } from "../texts";

const people = (count: number) => (count === 1 ? "1 person" : `${texts.number(count)} people`);
const members = (count: number) => (count === 1 ? "1 member" : `${texts.number(count)} members`);

export const domains = {
  title: texts.domains.title,
  name: "Domain",
  state: "State",
  claimed: "Claimed",
  verified: "Verified",
  looked: "Record last looked for",
  never: "Not yet",
  back: "All domains",
  what: "People with an address on a domain of yours belong to this account: they join by themselves, and nobody " +
    "else can invite them.",
  empty: "No domains yet",
  emptyHint: "Claim a domain that your organisation owns, publish one TXT record in its DNS, and verify it. From " +
    "then on this account decides about everybody with an address on it: who registers with one joins by themselves, " +
    "and no other account can invite them. A claim alone has no effect.",
  twin: (account: string) => `On the host: carillon domain claim "${account}" corp.example`,
  unknown: (name: string) => `This account has no claim to ${name}`,
  unknownHint: "It may have been withdrawn or released, or be spelt differently.",

  states: {
    pending: "Not verified yet",
    verified: "Verified",
    vouched: "Verified by who runs the host",
    missing: "Verified, but the record is missing",
  },
  vouchedHint: "Who runs the host took this domain as proved. No record is looked for, and nobody can take it over.",
  missing: "The record has been missing since",
  missingHint: "Nobody lost anything by that, and nothing is released by itself. Publish the record again as it " +
    "stands below: the warning goes with the next look, within 6 hours. An operator may give the domain to another " +
    "account that proves it from this moment on:",

  claim: {
    title: "Claim domain",
    hint: "A claim has no effect yet: next you publish a TXT record that proves that the domain is yours. " +
      "Sub-domains are domains of their own. Public mail domains such as gmail.com cannot be claimed.",
    label: "Domain",
    example: "corp.example",
    done: (name: string) => `${name} is claimed. Publish its TXT record.`,
  },

  record: {
    title: "TXT record",
    hint: "Publish it where the domain's DNS is managed, beside the records that are there, and leave it there for " +
      "as long as the domain is yours.",
    type: "Type",
    name: "Name",
    nameHint: "Some DNS managers write the domain itself as @ or leave its name empty.",
    value: "Value",
  },

  check: {
    title: "What DNS shows",
    now: "Check now",
    asking: "Asking the DNS servers",
    at: (time: string) => `Asked at ${time}.`,
    again: (seconds: number) => `It is asked again every ${seconds} seconds while this page is open.`,
    seen: {
      "found": "The record is there",
      "wrong-record": "There are TXT records, but not this one",
      "no-record": "No TXT record yet",
      "no-such-name": "DNS knows no such domain",
      "dns-unavailable": "DNS gave no usable answer",
    } satisfies Record<Schemas["Proof"], string>,
    todo: {
      "found": "Verify the domain now.",
      "wrong-record": "Compare the published value with the one above, letter by letter, and add the one above.",
      "no-record": "Publish the record. A new one may take as long to be seen as the zone's TTL, often an hour.",
      "no-such-name": "",
      "dns-unavailable": "Nothing is known by that. If it stays so, the operator looks at the setting dns.servers, " +
        "and you at the domain's own name servers.",
    } satisfies Record<Schemas["Proof"], string>,
    stands: "Leave it where it is.",
  },

  verify: {
    title: "Verify domain",
    confirm: "Verify",
    done: (name: string) => `${name} is verified.`,
    becomes: (type: string) => `The account becomes ${type}.`,
    joined: (count: number, license: string) =>
      `${people(count)} with an address on the domain will join this account, with the license ${license} as far as ` +
      "there are seats. They keep how they sign in.",
    nobody: "Nobody joins by that now. Who registers later with an address on the domain joins by themselves.",
    waiting: (count: number) => `${people(count)} on the domain will be signed out, and may sign in again once your ` +
      "directory or provider brings them in.",
    passed: (count: number) => `${people(count)} whom a former owner of the domain suspended will pass to this ` +
      "account, still suspended.",
    conflicts: (count: number) => count === 1 ? "1 member of another account stays there: a conflict, listed here." :
      `${members(count)} of other accounts stay there: conflicts, listed here.`,
    invitations: (count: number) => (count === 1 ? "1 open invitation of another account to the domain ends." :
      `${texts.number(count)} open invitations of other accounts to the domain end.`),
    mails: (count: number) => (count === 1 ? "1 mail is sent." : `${texts.number(count)} mails are sent.`),
    signedOut: (count: number) => `${people(count)} will be signed out everywhere.`,
    unproved: "The record must be seen at this moment, because who has an address on a domain is its owner's business.",
    owned: "Another account has verified this domain, and the first to verify it owns it. If it is yours, ask your " +
      "colleagues who administers that account; they can release the domain. If its record has been missing for 7 " +
      "days, an operator can give the domain to you.",
  },

  takeOver: {
    title: "Take over domain",
    confirm: "Take over",
    hint: "An operator gives the domain to this account, which proves it at this moment, once the record of its " +
      "present owner has been missing for 7 days. For that owner it is a release.",
    done: (name: string) => `${name} belongs to this account now.`,
    former: "For the present owner",
  },

  release: {
    title: "Release domain",
    confirm: "Release",
    hint: "The account gives the domain up. Everybody whose address is on it is signed out of everything at once.",
    done: (name: string) => `${name} was released.`,
    signedOut: (count: number) => `${people(count)} will be signed out everywhere.`,
    freed: (count: number) => (count === 1 ? "1 person will be a free user, in no account, and keeps the password." :
      `${people(count)} will be free users, in no account, and keep their passwords.`),
    unregistered: (count: number) => `${people(count)} who had not registered will be in no account.`,
    suspended: (count: number) => `${people(count)} will stay suspended in this account.`,
    mails: (count: number) => `${people(count)} without a password will be mailed how to set one.`,
    further: (count: number) => `${members(count)} will lose a further address only.`,
    nobody: "Nobody has an address on this domain.",
    becomes: (type: string) => `The account becomes a ${type}, as this is its last domain.`,
    people: "Who, and what they will be",
    more: (count: number) => `and ${texts.number(count)} more`,
    became: {
      free: "free user",
      unregistered: "in no account",
      suspended: "suspended still",
      member: "member still",
    } satisfies Record<Schemas["Became"], string>,
    mailed: "mailed how to set a password",
  },

  withdraw: {
    title: "Withdraw claim",
    confirm: "Withdraw",
    says: (name: string) => `The claim to ${name} ends, and with it the value of its TXT record. Nobody is touched ` +
      "by that: an unverified claim has no effect. Claiming the domain again makes another value.",
    done: (name: string) => `The claim to ${name} was withdrawn.`,
  },

  conflicts: {
    title: "Conflicts",
    hint: "Members of other accounts with an address on this domain. They stay there until they leave or are " +
      "removed; then they join here with their next sign-in. Ask them to leave under My account, or their " +
      "administrator to remove them.",
    address: "Address",
    account: "Account",
    empty: "No conflicts",
    emptyHint: "Nobody with an address on this domain is a member elsewhere.",
  },
};
