import {
  Alert, Box, Button, Container, ContentLayout, Header, KeyValuePairs, SpaceBetween,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useAccount } from "../api/account";
import type { Account } from "../api/client";
import { useRoles } from "../api/roles";
import { claimsQuery, lapses, type Claim } from "../domains/claims";
import { Check } from "../domains/Check";
import { Conflicts } from "../domains/Conflicts";
import { Release, TakeOver, Verify, Withdraw, type Verb } from "../domains/dialogs";
import { State } from "../domains/State";
import { TxtRecord } from "../domains/TxtRecord";
import { Failure, Go, Nothing, Time, Waiting } from "../shell/parts";
import { domains as words } from "../texts/domains";

const dialogs = { verify: Verify, takeOver: TakeOver, withdraw: Withdraw, release: Release };

/** One domain of an account: its record, what DNS shows of it, and what can be done. */
export default function Domain() {
  const { domain = "" } = useParams();
  const { id, account } = useAccount();
  const navigate = useNavigate();
  const [verb, setVerb] = useState<Verb>();
  const asked = useQuery(claimsQuery(id));
  const may = useRoles().roles.allow("FullAccess", id);
  const failure = asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data || !account) return failure ?? <Waiting />;
  const claim = asked.data.items.find(({ name }) => name === domain);
  if (!claim) {
    return (
      <Nothing title={words.unknown(domain)} hint={words.unknownHint} heading>
        <Go to={`/accounts/${id}/domains`}>{words.back}</Go>
      </Nothing>
    );
  }
  const Dialog = verb && dialogs[verb];
  const ends = verb === "withdraw" || verb === "release";
  return (
    <ContentLayout header={
      <Header variant="h1" actions={<Verbs account={account} claim={claim} choose={setVerb} />}>{claim.name}</Header>
    }>
      <SpaceBetween size="l">
        {failure}
        <Facts claim={claim} />
        {!claim.vouched && <TxtRecord claim={claim} />}
        {!claim.vouched && may && <Check account={id} claim={claim} />}
        {claim.verified && may && <Conflicts account={id} domain={claim.name} />}
        <Go to={`/accounts/${id}/domains`}>{words.back}</Go>
      </SpaceBetween>
      {Dialog && (
        <Dialog account={account} claim={claim} close={(done) => {
          setVerb(undefined);
          if (done && ends) void navigate(`/accounts/${id}/domains`);
        }} />
      )}
    </ContentLayout>
  );
}

function Facts({ claim }: { claim: Claim }) {
  return (
    <SpaceBetween size="l">
      {claim.missing && (
        <Alert type="warning" header={<>{words.missing} <Time at={claim.missing} /></>}>
          {words.missingHint} <Time at={lapses(claim.missing)} />.
        </Alert>
      )}
      <Container>
        <KeyValuePairs columns={4} items={[
          { label: words.state, value: <State claim={claim} /> },
          { label: words.claimed, value: <Time at={claim.claimed} /> },
          { label: words.verified, value: <Time at={claim.verified} /> },
          ...(claim.vouched ? [] : [{
            label: words.looked,
            value: claim.checked ? <Time at={claim.checked} /> : words.never,
          }]),
        ]} />
        {claim.vouched && <Box padding={{ top: "m" }}>{words.vouchedHint}</Box>}
      </Container>
    </SpaceBetween>
  );
}

/** The buttons for what can be done; what the role does not allow says so. */
function Verbs({ account, claim, choose }: { account: Account; claim: Claim; choose: (verb: Verb) => void }) {
  const { roles } = useRoles();
  const own = roles.denied("FullAccess", account.id);
  const all = roles.denied("FullAccess", null);
  const button = (verb: Verb, denied: string | undefined, primary = false) => (
    <Button
      variant={primary ? "primary" : "normal"}
      disabled={denied !== undefined}
      disabledReason={denied}
      onClick={() => choose(verb)}
    >
      {words[verb].title}
    </Button>
  );
  if (claim.verified) return button("release", own);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {button("withdraw", own)}
      {button("takeOver", all)}
      {button("verify", own, true)}
    </SpaceBetween>
  );
}
