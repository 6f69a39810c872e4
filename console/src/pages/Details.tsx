import { Button, ButtonDropdown, ContentLayout, Header, SpaceBetween } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useAccount, userQuery } from "../api/account";
import { useRoles } from "../api/roles";
import { Telephone } from "../settings/Telephone";
import { Failure, Go, Waiting } from "../shell/parts";
import { words } from "../texts/details";
import { labels, words as list } from "../texts/users";
import ActionDialog from "../users/ActionDialog";
import { actions, forbidden, isOpen, onlyToOne, type Action } from "../users/actions";
import { FactsOf, History } from "../users/Facts";
import { Sessions } from "../users/Sessions";
import { Why } from "../users/Why";

const offered = [...actions, ...onlyToOne];

/** All that an administrator may know of a person (rule 27), and what can be done to them. */
export default function Details() {
  const { user: id = "" } = useParams();
  const { id: accountId, account } = useAccount();
  const role = useRoles().roles.over(accountId);
  const navigate = useNavigate();
  const [action, setAction] = useState<Action>();
  const [why, setWhy] = useState(false);
  const asked = useQuery(userQuery(accountId, id));
  const user = asked.data;
  if (!user) return asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> : <Waiting />;
  const selected = new Map([[user.id, user]]);
  const close = (done: boolean) => {
    setAction(undefined);
    if (done && action === "remove") void navigate(`/accounts/${accountId}/users`);
  };
  return (
    <ContentLayout header={
      <Header variant="h1" actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button disabled={isOpen(user)} disabledReason={words.whyNobody} onClick={() => setWhy(true)}>
            {words.why}
          </Button>
          <ButtonDropdown
            items={offered.map((id) => {
              const reason = forbidden(id, role, account, selected);
              return { id, text: labels[id], disabled: reason !== undefined, disabledReason: reason };
            })}
            onItemClick={({ detail }) => setAction(detail.id as Action)}
          >
            {list.actions}
          </ButtonDropdown>
        </SpaceBetween>
      }>
        {user.address}
      </Header>
    }>
      <SpaceBetween size="l">
        <FactsOf user={user} />
        {!isOpen(user) && <Sessions account={accountId} user={user.id} role={role} />}
        <History held={user.history} />
        {!isOpen(user) && <Telephone key={user.id} user={user} role={role} />}
        {!isOpen(user) && <Go to={`/accounts/${accountId}/audit?subject=${user.id}`}>{words.activity}</Go>}
      </SpaceBetween>
      {why && <Why user={user} close={() => setWhy(false)} />}
      {action && <ActionDialog action={action} account={accountId} users={[user]} close={close} />}
    </ContentLayout>
  );
}
