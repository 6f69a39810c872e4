import { Pagination, Table, type TableProps } from "@cloudscape-design/components";
import { keepPreviousData, useInfiniteQuery, type QueryKey } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Page } from "../api/client";
import { texts } from "../texts";
import { Failure } from "./parts";

/** What a list of the admin API needs to be shown. */
interface Props<T> {
  /** Names the list; another name begins at its first page. */
  queryKey: QueryKey;
  /** Asks for the page after a token, or the first. */
  load: (after?: string) => Promise<Page<T>>;
  columns: TableProps.ColumnDefinition<T>[];
  id: (item: T) => string;
  header: ReactNode;
  label: string;
  /** What stands there when a page has nothing; a narrowed list may go on all the same. */
  empty: ReactNode | ((more: boolean) => ReactNode);
  filter?: ReactNode;
  /** In how many milliseconds what is shown is asked for again; not at all without it. */
  again?: (items: T[]) => number | false;
  selection?: {
    chosen: { has: (id: string) => boolean };
    /** Of the items of this page, these are selected now. */
    change: (page: T[], selected: T[]) => void;
    /** Nothing can be selected now. */
    disabled?: boolean;
    all: string;
    one: (item: T) => string;
  };
  /** Whether the list is the page, or a part of it; a part shows its pager only when there is more than one page. */
  variant?: "full-page" | "container";
}

/** A list of the admin API, a page at a time: its pages are only known one after another (keyset paging). */
export function PagedTable<T>(props: Props<T>) {
  const { queryKey, load, columns, id, header, label, empty, filter, variant = "full-page", again, selection } = props;
  const list = JSON.stringify(queryKey);
  const [turned, setTurned] = useState({ list, page: 1 });
  const page = turned.list === list ? turned.page : 1;
  const asked = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    // Each page that was turned to is asked for again, one after another.
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= 1,
    refetchInterval: ({ state }) => again?.(state.data?.pages.flatMap(({ items }) => items) ?? []) ?? false,
  });
  const pages = asked.data?.pages ?? [];
  const turn = async (wanted: number) => {
    if (wanted > pages.length) await asked.fetchNextPage();
    setTurned({ list, page: wanted });
  };
  const items = pages[page - 1]?.items ?? [];
  const failure = asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />;
  // Under another filter the rows of before are none to choose from.
  const old = asked.isPlaceholderData;
  return (
    <Table
      variant={variant}
      stickyHeader={variant === "full-page"}
      items={old ? [] : items}
      columnDefinitions={columns}
      trackBy={id}
      loading={asked.isPending || old || asked.isFetchingNextPage}
      loadingText={texts.loading}
      header={header}
      empty={failure ?? (typeof empty === "function" ? empty(asked.hasNextPage) : empty)}
      footer={items.length > 0 && failure}
      filter={filter}
      enableKeyboardNavigation
      pagination={(variant === "full-page" || pages.length > 1 || asked.hasNextPage) && (
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.max(pages.length, 1)}
          openEnd={asked.hasNextPage}
          onChange={({ detail }) => void turn(detail.currentPageIndex)}
        />
      )}
      ariaLabels={{
        tableLabel: label,
        selectionGroupLabel: label,
        allItemsSelectionLabel: () => selection?.all ?? label,
        itemSelectionLabel: (_, item) => selection?.one(item) ?? label,
      }}
      {...(selection && {
        selectionType: "multi" as const,
        isItemDisabled: () => selection.disabled ?? false,
        selectedItems: items.filter((item) => selection.chosen.has(id(item))),
        onSelectionChange: ({ detail }: { detail: { selectedItems: T[] } }) =>
          selection.change(items, detail.selectedItems),
      })}
    />
  );
}
