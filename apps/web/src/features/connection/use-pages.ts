"use client";
import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

/** One page of a list, and where the next one begins. */
interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

/** A list that comes in pages. Sends exactly what the procedure takes, and nothing of the query library's own. */
export function usePages<Row>(queryKey: QueryKey, fetchPage: (cursor: string | undefined) => Promise<Page<Row>>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
}
