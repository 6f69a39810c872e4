import { Alert, Box, SpaceBetween } from "@cloudscape-design/components";
import { answer, api, Refused, type Account, type Schemas } from "../api/client";
import { withEffects, type Effects } from "../api/effects";
import { PreviewDialog } from "../shell/PreviewDialog";
import { texts } from "../texts";
import { domains as words } from "../texts/domains";
import type { Claim } from "./claims";

/** What can be done about a claim. */
export type Verb = "verify" | "takeOver" | "withdraw" | "release";

interface Props {
  account: Account;
  claim: Claim;
  /** Closes the dialog; `done` when something was done. */
  close: (done: boolean) => void;
}

type Answered<T> = { data: T; effects: Effects };

/** Takes the domain as the account's: who would come in, and whose standing changes. */
export function Verify({ account, claim, close }: Props) {
  const params = { path: { account: account.id, domain: claim.name } };
  const ask = (query: { preview?: "true" }) =>
    withEffects(api.POST("/api/v1/accounts/{account}/domains/{domain}/verify", { params: { ...params, query } }));
  return (
    <PreviewDialog<Answered<Schemas["DomainVerification"]>>
      title={words.verify.title}
      confirm={words.verify.confirm}
      name={["verify", account.id, claim.name]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={(answered) => <Taken before={account} {...answered} />}
      done={words.verify.done(claim.name)}
      help={(error) => <Advice error={error} />}
      close={close}
    />
  );
}

/** Gives the account a domain whose present owner lost the proof; an operator's word. */
export function TakeOver({ account, claim, close }: Props) {
  const params = { path: { account: account.id, domain: claim.name } };
  const ask = (query: { preview?: "true" }) =>
    withEffects(api.POST("/api/v1/accounts/{account}/domains/{domain}/take-over", { params: { ...params, query } }));
  return (
    <PreviewDialog<Answered<Schemas["DomainVerification"]>>
      title={words.takeOver.title}
      confirm={words.takeOver.confirm}
      name={["take-over", account.id, claim.name]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={({ data, effects }) => (
        <SpaceBetween size="m">
          <Taken before={account} data={data} effects={effects} />
          {data.released && <Given title={words.takeOver.former} release={data.released} />}
        </SpaceBetween>
      )}
      done={words.takeOver.done(claim.name)}
      close={close}
    >
      <Box>{words.takeOver.hint}</Box>
    </PreviewDialog>
  );
}

/** Gives the domain up: who is signed out, and what becomes of them. */
export function Release({ account, claim, close }: Props) {
  const params = { path: { account: account.id, domain: claim.name } };
  const ask = (query: { preview?: "true" }) =>
    answer(api.POST("/api/v1/accounts/{account}/domains/{domain}/release", { params: { ...params, query } }));
  return (
    <PreviewDialog<Schemas["DomainRelease"]>
      title={words.release.title}
      confirm={words.release.confirm}
      name={["release", account.id, claim.name]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={(release) => (
        <SpaceBetween size="m">
          <Given release={release} />
          {release.account_type !== account.type && (
            <Box>{words.release.becomes(texts.type[release.account_type])}</Box>
          )}
        </SpaceBetween>
      )}
      done={words.release.done(claim.name)}
      close={close}
    >
      <Alert type="warning">{words.release.hint}</Alert>
    </PreviewDialog>
  );
}

/** Takes a claim back that had no effect yet. */
export function Withdraw({ account, claim, close }: Props) {
  const params = { path: { account: account.id, domain: claim.name } };
  const ask = (query: { preview?: "true" }) =>
    answer(api.POST("/api/v1/accounts/{account}/domains/{domain}/withdraw", { params: { ...params, query } }));
  return (
    <PreviewDialog<Claim>
      title={words.withdraw.title}
      confirm={words.withdraw.confirm}
      name={["withdraw", account.id, claim.name]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => <Box>{words.withdraw.says(claim.name)}</Box>}
      done={words.withdraw.done(claim.name)}
      close={close}
    />
  );
}

/** What owning the domain means for people. */
function Taken({ before, data, effects }: { before: Account } & Answered<Schemas["DomainVerification"]>) {
  const { verify } = words;
  const { joined, waiting_for_source: waiting, passed_on: passed, conflicts, invitations_failed: invitations } = data;
  return (
    <ul>
      {data.account_type !== before.type && <li>{verify.becomes(texts.type[data.account_type])}</li>}
      <li>{joined > 0 ? verify.joined(joined, texts.license[before.default_license]) : verify.nobody}</li>
      {waiting > 0 && <li>{verify.waiting(waiting)}</li>}
      {passed > 0 && <li>{verify.passed(passed)}</li>}
      {conflicts > 0 && <li>{verify.conflicts(conflicts)}</li>}
      {invitations > 0 && <li>{verify.invitations(invitations)}</li>}
      {!data.released && effects.signedOut > waiting && <li>{verify.signedOut(effects.signedOut)}</li>}
      {effects.mails > 0 && <li>{verify.mails(effects.mails)}</li>}
    </ul>
  );
}

/** The most people whom a dialog names. */
const shown = 20;

/** What giving a domain up means for people. */
function Given({ title, release }: { title?: string; release: Schemas["DomainRelease"] }) {
  const said = words.release;
  const { signed_out: out, freed, left_unregistered: left, kept_suspended: kept, people } = release;
  const counts = [
    [out, said.signedOut], [freed, said.freed], [left, said.unregistered], [kept, said.suspended],
    [release.set_password_mails, said.mails], [release.lost_further_address, said.further],
  ] as const;
  const told = counts.filter(([count]) => count > 0);
  return (
    <SpaceBetween size="xs">
      {title && <Box fontWeight="bold">{title}</Box>}
      {told.length === 0 ? <Box>{said.nobody}</Box> : (
        <ul>{told.map(([count, say], at) => <li key={at}>{say(count)}</li>)}</ul>
      )}
      {people.length > 0 && (
        <div>
          <Box fontWeight="bold">{said.people}</Box>
          <ul>
            {people.slice(0, shown).map((one) => (
              <li key={one.id}>
                {one.address}: {said.became[one.became]}{one.set_password_mail && `, ${said.mailed}`}
              </li>
            ))}
            {out > shown && <li>{said.more(out - Math.min(shown, people.length))}</li>}
          </ul>
        </div>
      )}
    </SpaceBetween>
  );
}

/** What to do when a domain could not be verified. */
function Advice({ error }: { error: Error }) {
  if (!(error instanceof Refused)) return null;
  if (error.problem.code === "domain-claimed") return <Alert type="info">{words.verify.owned}</Alert>;
  if (error.problem.code === "proof-missing") return <Box>{words.verify.unproved}</Box>;
  return null;
}
