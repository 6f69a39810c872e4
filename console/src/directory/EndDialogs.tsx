import { Box } from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { Dialog } from "../shell/Dialog";
import { useBoard } from "../shell/notices";
import { Failure } from "../shell/parts";
import { PreviewDialog } from "../shell/PreviewDialog";
import { texts as common } from "../texts";
import { texts } from "../texts/directory";

interface Props {
  account: string;
  close: () => void;
}

/** From now on the directory decides nothing; people keep what they have. */
export function Disconnect({ account, close }: Props) {
  const words = texts.disconnect;
  const ask = (query: { preview?: "true" }) =>
    answer(api.POST("/api/v1/accounts/{account}/directory/disconnect", { params: { path: { account }, query } }));
  return (
    <PreviewDialog<Schemas["Switched"]>
      title={words.title}
      confirm={texts.do.disconnect}
      name={["disconnect", account]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={({ account_type }) => <Box>{words.type(common.type[account_type])}</Box>}
      done={words.done}
      close={close}
    >
      <Box>{words.says}</Box>
      <Box>{words.password}</Box>
      <Box>{words.again}</Box>
    </PreviewDialog>
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
