import { Box, SpaceBetween } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { answer, api, type User } from "../api/client";
import { Look } from "../shell/Dialog";
import { Failure, Waiting, YesNo } from "../shell/parts";
import { words } from "../texts/details";

/** The decision about a person, now, with its reasons. */
export function Why({ user, close }: { user: User; close: () => void }) {
  const asked = useQuery({
    queryKey: ["why", user.id],
    queryFn: () => answer(api.POST("/api/v1/explain", { body: { user: user.address } })),
    staleTime: 0,
  });
  return (
    <Look title={words.whyTitle(user.address)} close={close}>
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
    </Look>
  );
}
