/** Words about licenses: seats, who waits, trials, reports, and the catalog. */
import { texts } from "../texts";

const people = (count: number) => (count === 1 ? "1 person" : `${texts.number(count)} people`);
const days = (count: number) => (count === 1 ? "1 day" : `${texts.number(count)} days`);

export const licenses = {
  title: texts.licenses.title,
  tabs: {
    seats: "Seats",
    waiting: "Waiting list",
    trials: "Trials",
    report: "Reports",
    catalog: "What licenses allow",
  },
  license: "License",
  person: "User",

  seats: {
    title: "Seats",
    hint: "A limit counts who holds the license, suspended and unregistered members too. A trial takes no seat. " +
      "Where more hold a license than its limit says, nobody loses it, and seats that come free are gone until use " +
      "is below the limit.",
    use: "Use",
    left: "Left",
    waiting: "Waiting",
    limit: "Limit",
    used: (used: number) => `${texts.number(used)} used, no limit`,
    usedOf: (used: number, limit: number) => `${texts.number(used)} of ${texts.number(limit)} used`,
    noLimit: "No limit",
    over: (count: number) => `${texts.number(count)} more than the limit`,
    nobodyWaits: "Nobody",
    waits: people,
    change: "Change limit",
    changeOf: (license: string) => `Change limit of ${license}`,
  },

  limit: {
    title: (license: string) => `Limit of ${license}`,
    confirm: "Set limit",
    how: "Seats",
    none: "No limit",
    most: "At most",
    count: "How many may hold it",
    wrong: "A whole number, 0 or more.",
    stays: "That is the limit now.",
    holds: (used: number) => `${people(used)} will hold the license then.`,
    served: (count: number) => count === 1 ? "1 person who waits will get it at once." :
      `${people(count)} who wait will get it at once.`,
    left: (count: number) => `${texts.number(count)} more may get it.`,
    full: "Nobody more gets it: who joins has Basic and waits, and assigning it by hand is refused.",
    over: (count: number) => `That is ${texts.number(count)} more than the limit. Nobody loses it; seats that come ` +
      "free are gone until use is below the limit.",
    done: (license: string, limit: string) => `The limit of ${license} is now: ${limit}.`,
  },

  waiting: {
    title: "Waiting list",
    hint: "Who joins while no seat is left has Basic and waits. A seat comes free when somebody who holds the " +
      "license gets another one, leaves or is removed, or when its limit is raised; the first in the list gets it at " +
      "that moment.",
    place: "Place",
    since: "Waits since",
    all: "All licenses",
    empty: "Nobody waits",
    emptyHint: "Everybody has the license that they should have. Where a license has a limit, who joins after it is " +
      "reached stands here.",
  },

  trials: {
    title: "Trials",
    hint: "The first registration of a person starts thirty days with all that Pro allows, once ever. They are told " +
      "by mail 7 days and 1 day before the end. Assigning any license ends a trial at once; nobody can start or " +
      "prolong one by hand.",
    on: "Who registers here gets a trial.",
    off: "Who registers here gets no trial.",
    turnOff: "Turn trials off",
    turnOn: "Turn trials on",
    offSays: "Who registers here from now on gets no trial. Trials that run go on.",
    onSays: "Who registers here from now on gets a trial of thirty days.",
    turnedOff: "Trials are turned off.",
    turnedOn: "Trials are turned on.",
    ends: "Ends",
    left: (count: number) => (count < 1 ? "today" : count === 1 ? "in 1 day" : `in ${count} days`),
    then: "Then has",
    within: "Which end within",
    days,
    end: "End trial",
    select: "Select all of this page",
    selectOne: (address: string) => `Select ${address}`,
    empty: "No trials",
    emptyHint: "Nobody of this account is on trial, or not on one that ends so soon. Who registers for the first " +
      "time appears here.",
  },

  report: {
    title: "License-days by month",
    hint: "Days (UTC) on which people were members, each counted under the highest license of that day. Trials are " +
      "not billed. The month that has not ended counts up to now.",
    span: "Months",
    months: (count: number) => (count === 1 ? "1 month" : `${count} months`),
    month: "Month",
    days: "License-days",
    suspended: "Suspended all day",
    people: "People",
    joined: "Joined",
    left: "Left",
    suspensions: "Suspended",
    chart: (months: string) => `License-days of ${months}, stacked by license. The table below has the same figures.`,
    chartRole: "bar chart",
    legend: "Licenses",
    xAxis: "x axis",
    yAxis: "y axis",
    close: "Close",
    empty: "No license-days in these months",
    asTable: "License-days by month as a table",
    who: (month: string) => `People in ${month}`,
    whoHint: "Who was a member at some moment of the month. Who has left is listed by the id of the audit trail.",
    none: "Nobody in this month",
    noneHint: "Nobody was a member of the account in this month.",
    file: "Everybody's days",
    csv: "CSV",
    downloadOf: (month: string) => `Download everybody's days in ${month} as CSV`,
    former: (id: string) => `Has left (${id})`,
  },

  catalog: {
    title: texts.catalog.title,
    hint: "Which license allows which feature, for the whole deployment. Applications ask for a feature by its name; " +
      "what stands here decides.",
    feature: "Feature",
    version: (version: number) => `Version ${version}`,
    inForce: "in force",
    since: "Since",
    shipped: "Came with Carillon",
    versions: "Versions",
    versionsHint: "Each edit is a version, which never changes.",
    past: (version: number) => `This is version ${version}, which is no longer in force.`,
    toInForce: "Show what is in force",
    grants: (license: string, feature: string) => `${license} allows ${feature}`,
    empty: "No features",
    emptyHint: "A feature is something that an application asks about, such as meetings.host. What is not in the " +
      "catalog is allowed to nobody.",
    edit: "Edit catalog",
    startFrom: (version: number) => `Edit, starting from version ${version}`,
    editing: "Edit catalog",
    editHint: "Nothing changes before you have seen what it does and saved it.",
    add: "Add feature",
    name: "New feature",
    nameHint: "area.verb, such as meetings.host",
    known: "This feature is in the list already.",
    remove: (feature: string) => `Remove ${feature}`,
    removeShort: "Remove",
    save: "Preview and save",
    unchanged: "Nothing is changed yet.",
    saving: "Save catalog",
    confirm: "Save",
    done: "The catalog was saved. The next question is answered by it.",
    nothing: "Nobody gains or loses anything by this.",
    effect: (license: string, count: number, more: boolean) =>
      `${license}: ${more ? "more than " : ""}${people(count)}`,
    gains: (features: string) => `gain ${features}`,
    loses: (features: string) => `lose ${features}`,
    changed: "Somebody else saved the catalog meanwhile. Load what is in force now, and make your changes again.",
    load: "Load what is in force",
    who: "Who did that?",
  },
};
