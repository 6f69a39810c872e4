import {
  Box, Button, ButtonDropdown, ContentLayout, Container, Header, KeyValuePairs, Modal, SpaceBetween, Table,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useAccount } from "../api/account";
import { answer, api, type Schemas, type User } from "../api/client";
import { useRoles } from "../api/roles";
import { Failure, Go, Time, Waiting, YesNo } from "../shell/parts";
import { texts } from "../texts";
import ActionDialog from "../users/ActionDialog";
import { actions, forbidden, isOpen, type Action } from "../users/actions";
import { Status } from "../users/Status";

const words = texts.details;
type Facts = Schemas["Details"];

/** All that an administrator may know of a person (rule 27), and what can be done to them. */
export default function Details() {
  const { user: id = "" } = useParams();
  const { id: accountId, account } = useAccount();
  const role = useRoles().roles.over(accountId);
  const navigate = useNavigate();
  const [action, setAction] = useState<Action>();
  const [why, setWhy] = useState(false);
  const asked = useQuery({
    queryKey: ["users", accountId, "one", id],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/users/{user}", {
      params: { path: { account: accountId, user: id } },
    })),
  });
  if (asked.isPending) return <Waiting />;
  if (asked.error) return <Failure error={asked.error} again={() => void asked.refetch()} />;
  const user = asked.data;
  const selected: User[] = [user];
  return (
    <ContentLayout header={
      <Header variant="h1" actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button disabled={isOpen(user)} disabledReason={words.whyNobody} onClick={() => setWhy(true)}>
            {words.why}
          </Button>
          <ButtonDropdown
            items={actions.map((id) => {
              const reason = forbidden(id, role, account, selected);
              return { id, text: texts.actions[id].label, disabled: reason !== undefined, disabledReason: reason };
            })}
            onItemClick={({ detail }) => setAction(detail.id as Action)}
          >
            {texts.usersPage.actions}
          </ButtonDropdown>
        </SpaceBetween>
      }>
        {user.address}
      </Header>
    }>
      <SpaceBetween size="l">
        <FactsOf user={user} />
        <History held={user.history} />
        {!isOpen(user) && <Go to={`/accounts/${accountId}/audit?subject=${user.id}`}>{words.activity}</Go>}
      </SpaceBetween>
      {why && <Why user={user} close={() => setWhy(false)} />}
      {action && (
        <ActionDialog
          action={action}
          account={accountId}
          users={selected}
          close={(done) => {
            setAction(undefined);
            if (done && action === "remove") void navigate(`/accounts/${accountId}/users`);
          }}
        />
      )}
    </ContentLayout>
  );
}

function FactsOf({ user }: { user: Facts }) {
  const { waiting, suspension } = user;
  return (
    <Container header={<Header variant="h2">{words.facts}</Header>}>
      <KeyValuePairs columns={3} items={[
        { label: texts.usersPage.name, value: user.name ?? "-" },
        { label: texts.usersPage.status, value: <Status user={user} /> },
        { label: texts.usersPage.license, value: texts.license[user.license] },
        { label: words.licenseOrigin, value: user.license_origin ? texts.licenseOrigin[user.license_origin] : "-" },
        { label: words.origin, value: user.origin ? texts.origin[user.origin] : "-" },
        { label: words.further, value: user.further_addresses.join(", ") || "-" },
        { label: texts.usersPage.registered, value: <Time at={user.registered} /> },
        { label: texts.usersPage.invited, value: <Time at={user.invited} /> },
        { label: words.joined, value: <Time at={user.joined} /> },
        { label: words.pin, value: user.pin ?? "-" },
        ...(user.trial_until ? [{ label: words.trial, value: <Time at={user.trial_until} /> }] : []),
        ...(waiting ? [{
          label: words.waiting,
          value: <>{texts.license[waiting.license]}, <Time at={waiting.since} /></>,
        }] : []),
        ...(suspension ? [{
          label: words.suspension,
          value: <><Time at={suspension.at} />{suspension.reason && `: ${suspension.reason}`}</>,
        }] : []),
      ]} />
    </Container>
  );
}

function History({ held }: { held: Schemas["Held"][] }) {
  return (
    <Table
      header={<Header variant="h2">{words.history}</Header>}
      items={[...held].reverse()}
      empty={words.noHistory}
      ariaLabels={{ tableLabel: words.history, selectionGroupLabel: words.history }}
      columnDefinitions={[
        { id: "at", header: words.at, isRowHeader: true, cell: (one) => <Time at={one.at} /> },
        { id: "license", header: texts.usersPage.license,
          cell: (one) => one.license ? texts.license[one.license] : "-" },
        { id: "origin", header: words.licenseOrigin,
          cell: (one) => one.origin ? texts.licenseOrigin[one.origin] : "-" },
        { id: "suspended", header: words.suspended, cell: (one) => (one.suspended ? texts.yes : texts.no) },
      ]}
    />
  );
}

/** The decision about a person, now, with its reasons. */
function Why({ user, close }: { user: Facts; close: () => void }) {
  const asked = useQuery({
    queryKey: ["why", user.id],
    queryFn: () => answer(api.POST("/api/v1/explain", { body: { user: user.address } })),
    staleTime: 0,
  });
  return (
    <Modal
      visible
      size="large"
      header={words.whyTitle(user.address)}
      closeAriaLabel={texts.close}
      onDismiss={close}
      footer={<Box float="right"><Button onClick={close}>{texts.close}</Button></Box>}
    >
      {asked.isPending && <Waiting />}
      {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
      {asked.data && (
        <SpaceBetween size="m">
          <SpaceBetween direction="horizontal" size="xs">
            <YesNo yes={asked.data.allowed} />
            <Box>{asked.data.allowed ? words.may : words.mayNot}</Box>
          </SpaceBetween>
          <div>
            <Box fontWeight="bold">{words.reasons}</Box>
            <ol>{asked.data.reasons.map((reason, at) => <li key={at}>{reason.sentence}</li>)}</ol>
          </div>
          <div>
            <Box fontWeight="bold">{words.features}</Box>
            <Box>{asked.data.features.join(", ") || words.noFeatures}</Box>
          </div>
        </SpaceBetween>
      )}
    </Modal>
  );
}
