import { Box, StatusIndicator } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";

interface Props {
  account: string;
  close: () => void;
}

/** From now on the directory decides nothing; people keep what they have. */
export function Disconnect({ account, close }: Props) {
  const words = texts.disconnect;
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const path = { account };
  const preview = useQuery({
    queryKey: ["preview", "disconnect", account],
    queryFn: () => answer(api.POST("/api/v1/accounts/{account}/directory/disconnect", {
      params: { path, query: { preview: "true" } },
    })),
    staleTime: 0,
    gcTime: 0,
  });
  const act = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/accounts/{account}/directory/disconnect", { params: { path } })),
    onSuccess: async () => {
      say({ type: "success", text: words.done });
      close();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog title={words.title} confirm={texts.do.disconnect} ready={preview.isSuccess} act={act} close={close}>
      <Box>{words.says}</Box>
      <Box>{words.password}</Box>
      <Box>{words.again}</Box>
      {preview.isPending && <StatusIndicator type="loading">{common.loading}</StatusIndicator>}
      {preview.data && <Box>{words.type(common.type[preview.data.account_type])}</Box>}
      {preview.error && <Failure error={preview.error} />}
      {act.error && <Failure error={act.error} />}
    </Dialog>
  );
}

/** How a directory is read is forgotten. */
export function Forget({ account, close }: Props) {
  const words = texts.forget;
  const [queries, { say }] = [useQueryClient(), useBoard()];
  const act = useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/accounts/{account}/directory", { params: { path: { account } } })),
    onSuccess: async () => {
      say({ type: "success", text: words.done });
      close();
      await queries.invalidateQueries({ queryKey: ["directory", account] });
    },
  });
  return (
    <Dialog title={words.title} confirm={words.confirm} ready act={act} close={close}>
      <Box>{words.says}</Box>
      <Box>{words.again}</Box>
      {act.error && <Failure error={act.error} />}
    </Dialog>
  );
}
