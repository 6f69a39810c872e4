/** The words of the pages about an account's directory. */
import type { Schemas } from "../api/client";
import { texts as common } from "../texts";

const number = new Intl.NumberFormat();
const people = (count: number) => (count === 1 ? "1 person" : `${number.format(count)} people`);
const users = (count: number) => (count === 1 ? "1 user" : `${number.format(count)} users`);
const entries = (count: number) => (count === 1 ? "1 entry" : `${number.format(count)} entries`);

export const texts = {
  title: common.directory.title,
  count: (count: number) => number.format(count),
  needsFullAccess: "This needs FullAccess over the account.",
  twin: "The same on the command line",
  more: "More",

  begin: {
    what: "Let your directory decide",
    hint: "Connect Active Directory or OpenLDAP, and its groups decide who is in this account and with which " +
      "license. A change there counts within a second; whoever is disabled there is out everywhere at once; " +
      "people sign in with the password they have there.",
    steps: "How it goes",
    list: [
      "Say how the directory is reached, and as whom it is read. An account that only reads is enough.",
      "Test it: each step says what works, what is missing, and what to do.",
      "Choose the groups whose members get Pro or Plus.",
      "Look at who would join and with what. Nothing has changed until then.",
      "Connect it: from then on the directory decides.",
    ],
    start: "Set up a directory",
    noDomain: "This account has no verified domain yet. The directory's people have addresses on your domains, so " +
      "prove one before you connect it.",
    toDomains: "To the domains",
    otherSource: "A sign-in provider decides who is in this account. There is one source at a time: disconnect that " +
      "one first.",
  },

  kind: {
    ActiveDirectory: "Active Directory",
    OpenLdap: "OpenLDAP",
  } satisfies Record<Schemas["DirectoryKind"], string>,

  tabs: { state: "State", connection: "Connection", groups: "Groups and licenses", runs: "Runs" },

  state: {
    title: "State",
    label: "Now",
    following: "Followed",
    beginning: "Connected; it is about to be read",
    silent: "Does not answer",
    idle: "Set up, not connected: it decides nothing yet",
    since: "Since",
    whySilent: "Nothing changes while it does not answer: everybody keeps what they have, but nobody can sign " +
      "in with the directory's password. It is tried again by itself.",
    lastFull: "Last run over everybody",
    noRun: "None yet",
    refresh: "Everything is read again once a day.",
    wanted: "All of it will be read in a moment",
    next: "What is left to do",
    saved: "The connection is saved",
    mapped: (count: number) => (count === 1 ? "1 group is mapped" : `${number.format(count)} groups are mapped`),
    unmapped: "No group is mapped: nobody could sign in",
    toGroups: "Choose groups",
    unconnected: "Not connected",
    asks: (run: number) => `Run ${run} asks before it goes on`,
    answer: "Look at it and answer",
    running: (run: number) => `Run ${run} is under way`,
    look: "Look at it",
    linkTitle: "People who administer something",
    link: "The directory decides how its people sign in, so whoever holds a role is taken over only after saying so " +
      "themselves: on My account > Security, or when they next sign in, with both passwords.",
  },

  do: {
    test: "Test",
    preview: "Preview",
    connect: "Preview and connect",
    more: "More actions",
    readAll: "Read all now",
    disconnect: "Disconnect",
    forget: "Forget this directory",
    alreadyConnected: "Disconnect it first.",
    notConnected: "It is not connected.",
    noGroups: "Map a group first: else nobody could sign in.",
    readSoon: "All of the directory will be read in a moment.",
  },

  disconnect: {
    title: "Disconnect the directory",
    says: "People keep their membership, license and history. Administrators assign licenses again, and a run " +
      "that is under way stops.",
    password: "The directory's password signs in nobody any more: whoever has no password here asks for a link with " +
      "\"Forgot your password?\".",
    again: "It stays set up, and knows the same people when it is connected again.",
    type: (type: string) => `The account becomes ${type}.`,
    done: "The directory is disconnected. Everybody keeps what they have.",
  },

  forget: {
    title: "Forget this directory",
    says: "How it is read, its groups and its runs are forgotten, and which of its entries is which person. People, " +
      "licenses and history stay.",
    again: "Whoever is connected next is linked by address.",
    confirm: "Forget",
    done: "The directory is forgotten.",
  },

  tested: {
    title: "Test the connection",
    asking: "Asking the directory",
    works: "Everything works.",
    some: "Not everything works. What is marked says what to do; what only makes it slower is said there too.",
    steps: {
      reach: "It answers",
      tls: "The connection is encrypted and its certificate trusted",
      bind: "It takes the reading account and its password",
      base: "The base is there",
      people: "People are found",
      groups: "Groups are found",
      mail: "People have addresses",
      deletions: "Deletions are seen",
      changes: "Changes are told",
    } as Record<string, string>,
    worked: "works",
    missing: "missing",
  },

  connection: {
    title: "Connection",
    heading: "How the directory is read",
    edit: "Edit",
    decidesNothing: "Saving decides nothing: people come from it only once it is connected.",
    kind: "Kind",
    kindHint: {
      ActiveDirectory: "Samba as a domain controller too.",
      OpenLdap: "Or another server by RFC 4511 with entryUUID.",
    } satisfies Record<Schemas["DirectoryKind"], string>,
    urls: "URLs",
    urlsHint: "One a line, up to 8; the first that answers is asked. ldaps://host or ldap://host, with :port or " +
      "without.",
    startTls: "Begin TLS on ldap:// (StartTLS)",
    startTlsHint: "People's passwords travel here: without TLS only a directory on Carillon's own machine is reached.",
    ca: "Certificate authorities (PEM)",
    caHint: "Left empty, those of the machine Carillon runs on are trusted.",
    caGiven: "Given",
    caHost: "Those of Carillon's machine",
    bind: "Account that reads",
    bindHint: {
      ActiveDirectory: "Such as reader@corp.example, or a distinguished name. An ordinary user is enough.",
      OpenLdap: "A distinguished name, such as cn=reader,dc=corp,dc=example.",
    } satisfies Record<Schemas["DirectoryKind"], string>,
    password: "Its password",
    passwordNew: "It is kept sealed and never shown again.",
    passwordKept: "Left empty, the one that is kept stays. It must be given again when URLs, certificates or " +
      "account change.",
    base: "Base",
    baseHint: "People and groups are looked for below it, such as DC=corp,DC=example.",
    filterPeople: "Filter for people",
    filterGroups: "Filter for groups",
    filterHint: (filter: string) => `As in RFC 4515. Left empty: ${filter}`,
    attributes: "Names of attributes",
    attributesHint: "Only where they are others than usual in this kind of directory.",
    mail: "Address",
    others: "Further addresses",
    name: "Name people see",
    principal: "Signs in with",
    member: "Members of a group",
    left: (usual: string) => `Left empty: ${usual}`,
    save: "Save",
    saveWithPreview: "Preview and save",
    saved: "The connection was saved.",
    meanwhile: "Somebody else has set a directory up meanwhile; nothing was saved.",
    usual: (usual: string) => `${usual} (as usual)`,
  },

  groups: {
    title: "Groups and licenses",
    hint: "Whose groups give several licenses has the highest. Whoever is in none of these groups may not sign " +
      "in: there is no license for everybody in a directory. Should everybody have one, map a group that has " +
        "everybody.",
    group: "Group",
    groupHint: "Type how its name begins",
    license: "License",
    members: "Members",
    nested: "Those of its member groups too",
    add: "Add a group",
    remove: "Remove",
    removeOne: (group: string) => `Remove ${group || "this group"}`,
    empty: "No group yet",
    use: (typed: string) => `Use "${typed}"`,
    noneFound: "No group's name begins so",
    recover: "Try again",
    known: "followed by its id, whatever it is called",
    save: "Preview and save",
    saved: "The groups were saved.",
    undo: "Undo",
    twice: "A group stands there twice.",
    blank: "Choose a group, or remove the row.",
  },

  brake: {
    title: "The brake",
    hint: "A run that would let in, or lock out and remove, more people than this changes nothing and asks you " +
      "first. So does one that would change an administrator's access.",
    share: "Share of the members, in per cent",
    least: "So many people in any case",
    says: (share: number, least: number) => `More than ${number.format(share)} % of the members and more than ` +
      `${people(least)}, counting the last hour`,
    edit: "Edit the brake",
    save: "Save",
    saved: "The brake was set.",
    wrong: "Give a share of 0 to 100 and a whole number of people.",
  },

  preview: {
    title: "What the directory would lead to",
    titleConnect: "Connect the directory",
    titleSave: "Save and let the directory decide by it",
    reading: "Reading all of the directory",
    nothing: "Nothing would change for anybody.",
    joinWith: (join: number, pro: number, plus: number) =>
      `${users(join)} would join: ${number.format(pro)} Pro, ${number.format(plus)} Plus.`,
    join: (join: number) => `${users(join)} would join.`,
    licenses: (pro: number, plus: number) =>
      `By their groups ${people(pro)} would have Pro, and ${people(plus)} Plus.`,
    unlock: (count: number) => `${users(count)} would be let in again.`,
    license: (count: number) => `${users(count)} would get another license.`,
    other: (count: number) => `Of ${users(count)} something else would change, such as the name.`,
    lockOut: (count: number) => `${users(count)} would be locked out at once.`,
    remove: (count: number) => `${users(count)} would leave the account: the directory has them no more.`,
    ignored: (count: number) => `${people(count)} in no mapped group cannot sign in.`,
    conflicts: (count: number) => `${people(count)} cannot be taken over as they are; the list says why.`,
    unlinked: (count: number) => (count === 1 ?
      "1 member is not in the directory and could not sign in while it decides." :
      `${number.format(count)} members are not in the directory and could not sign in while it decides.`),
    unchanged: (count: number) => `${users(count)} would stay as they are.`,
    missing: "These names match no group",
    ambiguous: "These names match several groups. Map the one you mean by its distinguished name",
    leftOut: (count: number) => `${entries(count)} could not be read`,
    brakeConnect: "That is more than the brake lets through. Look at the list before you agree.",
    brakeSave: "That is more than the brake lets through: after saving, a run stops and asks you on this page.",
    administrators: "The access of these administrators would change",
    agree: (into: number, out: number) => `I have looked at it: ${people(into)} may be let in, and ${people(out)} ` +
      "removed or locked out.",
    connect: "Connect",
    connected: "The directory is connected. The first run has begun.",
    save: "Save",
    list: "Who",
    first: (shown: number) => `Who: the first ${number.format(shown)}, those first who lose something`,
    show: "Show",
    all: "Everybody",
    address: "Address",
    noAddress: "No address",
    what: "What happens",
    license1: "License",
    why: "Why not",
  },

  as: {
    remove: "Leaves the account",
    "lock-out": "Locked out",
    conflict: "Not taken over",
    license: "Another license",
    unlock: "Let in again",
    join: "Joins",
    other: "Changes",
  } satisfies Record<Schemas["PreviewedAs"], string>,

  /** Why somebody is not taken over as they are, and what to do. */
  code: {
    "no-mail": "They have no address in the directory. Give them one there.",
    "unusable-mail": "Their address cannot be used. Write another one there.",
    "not-on-own-domain": "Their address is on none of the account's verified domains. Verify that domain, or change " +
      "the address.",
    "mail-twice": "The directory gives their address to several people. Change it for all but one.",
    "address-taken": "Somebody else has one of their addresses; everything else was taken over. Each full run tries " +
      "again.",
    "link-unconfirmed": "They administer something, and have not yet confirmed that the directory may decide " +
      "how they sign in: on My account > Security.",
    "no-seats-left": "No seat of their license is left.",
    "person-suspended": "They are suspended.",
    "already-member": "They are in another account, and leave that one first.",
  } as Record<string, string>,

  failing: {
    "no-administrator-left": "Somebody with FullAccess must be enabled there, in a mapped group, and have " +
      "confirmed the link on My account > Security; or stay an operator who is not in this account.",
    "directory-asks": "More people are concerned than the preview showed. Look at it anew.",
    changed: "The directory was changed meanwhile. Look at the preview anew.",
  } as Record<string, string>,

  runs: {
    title: "Runs",
    number: "Run",
    kind: "About",
    state: "State",
    began: "Began",
    ended: "Ended",
    did: "Applied",
    refused: "Refused",
    empty: "No runs yet",
    emptyHint: "A run is what followed from reading the directory: who joined, who was locked out, what was " +
      "refused. The first begins when the directory is connected.",
    kinds: { full: "Everybody", changes: "What changed" } satisfies Record<Schemas["RunKind"], string>,
    states: {
      running: "Running",
      asking: "Asks you",
      agreed: "Agreed to; another run does it",
      done: "Done",
      failed: "Failed",
      cancelled: "Stopped",
      refused: "Refused by an administrator",
      outdated: "Overtaken by a later run",
    } satisfies Record<Schemas["RunState"], string>,
  },

  run: {
    title: (run: string) => `Run ${run}`,
    facts: "What it is about",
    todo: "To do",
    join: "To join",
    unlock: "To be let in again",
    license: "To get another license",
    lockOut: "To be locked out",
    remove: "To leave the account",
    other: "To change otherwise",
    conflicts: "Cannot be taken over",
    ignored: "In no mapped group",
    unchanged: "Stay as they are",
    progress: "Progress",
    of: (did: number, all: number) => `${number.format(did)} of ${people(all)}`,
    drift: (count: number) => `Of ${people(count)} the directory said something else than was followed. It is ` +
      `put right; ` +
      "please report it as a defect.",
    stop: "Stop this run",
    stopSays: "What it did stays. The rest waits until all is read again: with Read all now, or the next day.",
    stopped: "The run was stopped.",
    over: "It is over.",
    log: "What came of single people",
    logEmpty: "Nobody stands here",
    logEmptyHint: "Who only joined stands in the audit trail.",
    person: "Person",
    former: (id: string) => `No member any more, ${id}`,
    entry: "Entry in the directory",
    outcome: "Outcome",
    why: "Why",
    outcomes: {
      joined: "Joined",
      returned: "Came back",
      license: "Another license",
      unlocked: "Let in again",
      "locked-out": "Locked out",
      removed: "Left the account",
      changed: "Changed",
      refused: "Refused",
      conflict: "Not taken over",
    } satisfies Record<Schemas["RunOutcome"], string>,
  },

  question: {
    title: (run: number) => `Run ${run} asks`,
    says: "It would change more than the brake lets through, so it has changed nothing. It came from a change in the " +
      "directory, in the groups, or in how it is read.",
    into: (count: number) => `${people(count)} would be let in.`,
    out: (count: number) => `${people(count)} would be removed or locked out.`,
    yes: "Go ahead",
    no: "No, change nothing",
    either: "If you say no, everybody keeps what they have until all is read again; put it right in the " +
      "directory or in the groups first.",
    agreed: "Agreed. All is read once more and then applied, as long as it is no more than this.",
    refused: "Nothing was changed.",
  },
};
