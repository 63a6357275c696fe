// The saved views, as tabs over the list: one's own and the tenant's, with how many executions each shows.
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../../data/asking";
import { DeleteViewDocument, type DeleteViewMutation, SavedViewsDocument, type SavedViewsQuery, ViewCountsDocument, type ViewCountsQueryVariables } from "../../data/documents";
import { useDeed } from "../../data/doing";
import { useEvery } from "../../data/every";
import { type Condition, conditions, filterOf, searchOf } from "../../data/filters";
import { oversees, useViewer } from "../../data/viewer";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Dialog } from "../../parts/dialog";
import { useKeys } from "../../parts/keys";
import { Menu } from "../../parts/menu";
import { Tabs } from "../../parts/tabs";
import { say } from "../../parts/toasts";
import { ViewDialog } from "./view-dialog";
import styles from "./views.module.css";

export type View = NonNullable<SavedViewsQuery["savedViews"]>[number];

const EVERY_MS = 60_000;
/** So many are counted, by one request. */
const SLOTS = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

/** What a view shows, in the one order in which an address has it. */
const shownBy = (view: View): string => searchOf(conditions(view.filters).conditions);

export function Views({ conditions: present }: { conditions: readonly Condition[] }) {
  const [, go] = useLocation();
  const viewer = useViewer();
  const asked = useAsked(SavedViewsDocument, {});
  const views = asked.data?.savedViews ?? [];
  const counts = useCounts(views);
  const [dialog, setDialog] = useState<"save" | "rename" | "delete" | null>(null);
  const search = searchOf(present);
  const here = views.find((view) => shownBy(view) === search) ?? null;
  const { send, isBusy } = useDeed<DeleteViewMutation["deleteView"], { input: { id: string } }>(DeleteViewDocument as never);
  const addresses = ["", ...views.map(shownBy)];
  const move = (step: number) => {
    const from = here ? views.indexOf(here) + 1 : 0;
    go(addressOf(addresses[(from + step + addresses.length) % addresses.length] ?? ""));
  };
  useKeys({ "[": () => move(-1), "]": () => move(1) });
  const toDelete = { input: { id: here?.id ?? "" } };
  const remove = async (view: View) => {
    const done = await send(toDelete);
    setDialog(null);
    if (done.payload) say("ok", `The view “${view.name}” is gone`, "The list stays as it is.");
    else say("fail", "The view was not deleted", done.faults[0]?.message);
    asked.again();
  };
  const isOthers = here?.isShared && !oversees(viewer) ? "Operators and admins change what all have" : null;
  return (
    <div className={styles.views}>
      <Tabs
        label="Saved views"
        tabs={[
          { name: "All", href: addressOf(""), isHere: search === "" },
          ...views.map((view, place) => ({ name: view.name, href: addressOf(shownBy(view)), isHere: view === here, aside: counts[place]?.toLocaleString() })),
        ]}
      />
      {search !== "" && !here && (
        <Button isSmall kind="bare" icon="plus" onClick={() => setDialog("save")}>
          Save view…
        </Button>
      )}
      {here && (
        <Menu
          label={`The view ${here.name}`}
          items={[
            { name: "Rename…", icon: "edit", offBecause: isOthers, onChoose: () => setDialog("rename") },
            { name: "Delete…", icon: "trash", isDanger: true, offBecause: isOthers, onChoose: () => setDialog("delete") },
          ]}
        />
      )}
      {dialog === "delete" && here && (
        <Dialog
          title={`Delete the view “${here.name}”?`}
          onClose={() => setDialog(null)}
          foot={
            <>
              <CallButton call={() => ({ document: DeleteViewDocument as never, variables: toDelete })} />
              <span className="grow" />
              <Button onClick={() => setDialog(null)} data-focus-first>
                Not now
              </Button>
              <Button kind="danger" icon="trash" isBusy={isBusy} onClick={() => remove(here)}>
                Delete it
              </Button>
            </>
          }
        >
          <p>{here.isShared ? "Nobody of the tenant has it then." : "The executions that it shows stay."}</p>
        </Dialog>
      )}
      {dialog && dialog !== "delete" && (
        <ViewDialog
          view={dialog === "rename" ? here : null}
          filters={search}
          onClose={() => setDialog(null)}
          onDone={() => {
            setDialog(null);
            asked.again();
          }}
        />
      )}
    </div>
  );
}

const addressOf = (search: string): string => `/ui/executions${search && `?${search}`}`;

/** How many executions each of the first views shows, asked once a minute. */
function useCounts(views: readonly View[]): readonly (number | undefined)[] {
  const [at, setAt] = useState(() => new Date());
  useEvery(EVERY_MS, () => setAt((before) => (Date.now() - before.getTime() < EVERY_MS / 2 ? before : new Date())));
  const known = views.map((view) => view.filters).join("\n");
  const variables = useMemo(() => {
    const filters = views.map((view) => filterOf(conditions(view.filters).conditions, at));
    const given = SLOTS.flatMap((slot, place) => [[slot, filters[place] ?? null] as const, [`has${slot.toUpperCase()}`, place < filters.length] as const]);
    return Object.fromEntries(given) as unknown as ViewCountsQueryVariables;
  }, [known, at]);
  const asked = useAsked(ViewCountsDocument, variables, views.length > 0);
  return views.length === 0 ? [] : SLOTS.map((slot) => asked.data?.[slot]?.totalCount ?? undefined);
}
