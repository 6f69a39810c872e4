/** The words of the pages about the settings of an account and of the deployment. */
import type { Account, Schemas } from "../api/client";
import { texts as common } from "../texts";

export const words = {
  title: common.settings.title,
  tabs: { general: "General", signIn: "Signing in", calls: "Calls", keys: "Signing keys", host: "Set on the host" },
  deployment: "Deployment",
  save: "Save changes",
  undo: "Undo",
  same: "Nothing is changed.",
  confirmTitle: "Save changes",
  confirm: "Save",
  will: "What will change",
  setting: "Setting",
  before: "Now",
  after: "Then",
  none: "None",
  saved: "The settings were saved.",
  twin: "On the command line",

  general: {
    account: "The account",
    type: "Type",
    types: {
      Team: "People are invited. With a verified domain it becomes an Enterprise account.",
      EnterpriseLWA: "Whoever has an address on its verified domains belongs to it.",
      EnterpriseDirectory: "Its directory decides who is in it, and with which license.",
      EnterpriseOIDC: "Its sign-in provider decides who is in it, and with which license.",
    } satisfies Record<Account["type"], string>,
    id: "Account id",
    created: "Made",
    heading: "Name and licenses",
    name: "Name",
    nameHint: "People see it in mails and on the sign-in pages. 1 to 100 characters.",
    nameMissing: "Give a name.",
    license: "Default license",
    licenseHint: "What people get when they join; who is in keeps what they have.",
    licenseByGroup: "The directory's groups decide: this counts again when it is disconnected.",
    trials: "Trials",
    trialsBox: "Whoever registers here gets Pro for 30 days, once",
    trialsHint: "Switched off, nobody new gets one; trials that run go on.",
    elsewhere: "Set elsewhere",
    links: [
      ["licenses", "How many may hold each license, waiting lists and trials"],
      ["domains", "Domains whose people belong to the account"],
      ["directory", "The directory that decides who is in the account"],
      ["administrators", "Who administers the account, access keys and API tokens"],
      ["applications", "Applications that ask who may enter"],
    ] as [string, string][],
    mails: "How many invitations it may mail in a day is set for all accounts on the host " +
      "(limits.mails_per_account_per_day).",
  },

  signIn: {
    factor: "Second factor",
    factorBox: "Members prove two factors when they sign in",
    factorHint: "Whoever has none sets up one-time codes at their next sign-in. Sessions go on, and a passkey alone " +
      "is two factors. Of a provider it counts when the provider says so.",
    ways: "How people sign in",
    password: "With a password or a passkey of their own, unless something below says otherwise.",
    directory: "With the directory's password: the directory decides.",
    toDirectory: "To the directory",
  },

  providers: {
    title: "Sign-in providers",
    hint: "People on the chosen domains are sent to it (OpenID Connect) in place of a password; a passkey still works.",
    hintDeployment: "Offered as \"Login with ...\" to everybody whose address no account has verified.",
    empty: "No sign-in providers",
    emptyHint: "Does your organisation sign people in elsewhere already, such as at Keycloak or Entra ID? Register " +
      "Carillon there as a client, and add the provider here.",
    twin: (account: string) => "carillon provider add \"Corp login\" --issuer https://login.corp.example --client-id " +
      `carillon --secret-stdin${account}`,
    add: "Add a provider",
    addSays: "It must speak OpenID Connect Discovery and the authorization code flow with PKCE. It is not asked now: " +
      "try it in another browser before you sign out here.",
    noDomain: "The account has no verified domain yet: verify one first.",
    name: "Name",
    nameHint: "What people call it; they read it when they sign in.",
    issuer: "Issuer",
    issuerHint: "Such as https://login.corp.example; https, or http on this machine.",
    clientId: "Client id",
    clientIdHint: "What it knows Carillon by.",
    secret: "Client secret",
    secretHint: "Left empty for a public client. It is kept sealed and never shown again.",
    domains: "Domains",
    domainsHint: "Verified domains whose people are sent to it.",
    findDomains: "Choose domains",
    lift: (domain: string) => `Remove ${domain}`,
    redirect: "Redirect URI",
    redirectHint: "Enter it at the provider, as where people are sent back to.",
    added: (name: string) => `${name} was added`,
    since: "Added",
    remove: "Remove",
    removeTitle: (name: string) => `Remove ${name}`,
    removeSays: "Nobody signs in with it any more. Sessions that began there go on.",
    removeDomains: (domains: string) => `People on ${domains} sign in with a password or passkey again; who has none ` +
      "asks for a link with \"Forgot your password?\".",
    removed: (name: string) => `${name} was removed.`,
  },

  calls: {
    what: "Carillon has no telephony: these are kept and shown for the programs that act on them, and grant nothing " +
      "here.",
    title: "What calls may do",
    remote: "Remote control",
    remoteBox: "Nobody may be given control of another's screen",
    dialOut: "Dialling out",
    dialOutBox: "Meetings may call people on the telephone",
    person: "What one person may do on the telephone is set on the page of that user.",
  },

  telephone: {
    title: "On the telephone",
    boxes: { inbound_calling: "Be called", outbound_calling: "Call", sms: "Send and receive text messages" },
  },

  groups: {
    title: "Delegate groups",
    hint: "Groups whose members may act for others when they sign in. Names are compared exactly, at most 100.",
    empty: "No delegate groups",
    emptyHint: "Add the group of those who sign in on behalf of others, such as assistants.",
    twin: (account: string) => `carillon account delegate-groups "${account}" --add GROUP`,
    name: "Group",
    add: "Add a group",
    addConfirm: "Add",
    fromDirectory: "Type how its name begins: the account's directory is searched.",
    typed: "The account has no directory to search: type the name as the programs know it.",
    adds: (group: string) => `${group} will be a delegate group.`,
    there: (group: string) => `${group} is one already.`,
    added: (group: string) => `${group} was added.`,
    remove: "Remove",
    removeOne: (group: string) => `Remove ${group}`,
    removes: (group: string) => `${group} will be no delegate group any more.`,
    removed: (group: string) => `${group} was removed.`,
  },

  buckets: {
    title: "Records of calls",
    business: "Bucket for business calling",
    voice: "Bucket for voice connectors",
    hint: "The name of a bucket, or nothing.",
    twin: "carillon deployment update --business-calling-bucket NAME",
  },

  keys: {
    title: "Signing keys",
    hint: "They sign what applications are told. New ones take their place every 90 days by themselves; applications " +
      "read them from the published list.",
    empty: "No signing keys yet",
    emptyHint: "They are made when the first application signs people in.",
    kid: "Key",
    alg: "Algorithm",
    state: "State",
    states: { next: "Signs next", signing: "Signs now", former: "Signed before" } as Record<string, string>,
    from: "Signs from",
    until: "Signs until",
    published: "Published until",
    rotate: "Replace them now",
    rotateSays: "New keys sign from now on. What the former ones signed stays good until it ends by itself.",
    compromised: "Somebody may know a private key",
    compromisedHint: "The former keys are withdrawn: what they signed is not to be believed from now on, so people " +
      "sign in to applications again.",
    rotated: "New keys sign from now on.",
  },

  host: {
    title: "Set on the host",
    hint: "Where the server runs, its data and its limits are read when it starts: from the file carillon.toml in " +
      "the data folder, from the environment, or from flags. The console neither shows nor changes them. On the " +
      "host, this prints each with its value and where it comes from, secrets masked:",
    address: "Carillon's address",
    what: "What",
    names: "Settings",
    list: [
      ["Where it answers", "listen, base_url, trusted_proxies"],
      ["Who runs it, as pages and mails call it", "organisation"],
      ["Where its facts and keys are", "data, database_url, master_key, master_key_file"],
      ["The mail server", "smtp.*"],
      ["Invitations that an account may mail in a day", "limits.mails_per_account_per_day"],
      ["Sizes, times and rates of requests", "limits.*"],
      ["DNS servers that are asked about domains", "dns.*, public_mail_domains"],
      ["Whether private networks are reached", "outgoing_private, directories_private"],
      ["What a password's hash costs", "passwords.*"],
      ["The log, and figures for a monitor", "log.*, metrics.listen"],
    ] as [string, string][],
  },
};

/** Yes or no, as a table says it. */
export const yesNo = (yes: boolean) => (yes ? common.yes : common.no);

/** A license as a table says it. */
export const licenseOf = (license: Schemas["BaseLicense"]) => common.license[license];
