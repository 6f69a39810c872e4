import { useQuery } from "@tanstack/react-query";
import { userQuery } from "../api/account";
import { Go } from "./parts";

/** Somebody by their id: their address, with a link to their details if they are in the account. */
export function Person({ account, user }: { account: string; user: string }) {
  const asked = useQuery({ ...userQuery(account, user), staleTime: 60_000 });
  if (!asked.data) return <>{user}</>;
  return <Go to={`/accounts/${account}/users/${user}`}>{asked.data.address}</Go>;
}
