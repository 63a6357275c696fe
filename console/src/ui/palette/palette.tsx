// Jumps to a page, a workflow or an id: opened by Ctrl K.
import { Command } from "cmdk";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../data/asking";
import { PaletteIdDocument, PaletteWorkflowsDocument } from "../data/documents";
import { useLater } from "../data/later";
import { isTrusted } from "../data/viewer";
import { GROUPS, type PageLink } from "../frame/pages";
import { FIRST_RUN_SEARCH } from "../pages/first-run/address";
import { addressOf } from "../pages/executions/row";
import { workflowAddress } from "../pages/workflows/address";
import { useModal } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { Id } from "../parts/id";
import { Key } from "../parts/keys";
import styles from "./palette.module.css";

/** In the test environment, whose services may be played by mocks. */
const FIRST_RUN: PageLink = { name: "First run", icon: "play", path: `/${FIRST_RUN_SEARCH}` };

const WHOLE_ID = /^(wf|exec)_[0-9a-f]{16}$/;

export default function Palette({ onClose }: { onClose: () => void }) {
  const modal = useModal(onClose);
  const [, go] = useLocation();
  const [text, setText] = useState("");
  const query = useLater(text.trim(), 120);
  const isId = WHOLE_ID.test(query);
  const workflows = useAsked(PaletteWorkflowsDocument, { query }, query.length > 0 && !isId).data?.searchWorkflows?.nodes ?? [];
  const node = useAsked(PaletteIdDocument, { id: query }, isId).data?.node;
  // While one id is looked up, what is known may be of the one before.
  const isFound = node?.id === query;
  const open = (address: string) => {
    onClose();
    go(address);
  };
  const known = [...GROUPS.flatMap((group) => group.pages), ...(isTrusted ? [FIRST_RUN] : [])];
  const pages = known.filter((page) => page.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <dialog {...modal} className={styles.dialog} aria-label="Search or jump to">
      <Command className={styles.palette} label="Search or jump to" shouldFilter={false}>
        <div className={styles.field}>
          <Icon name="search" />
          <Command.Input value={text} onValueChange={setText} placeholder="A page, a workflow or an id" data-focus-first />
        </div>
        <Command.List className={styles.list}>
          <Command.Empty>Nothing is called that.</Command.Empty>
          {isFound && "workflow" in node && (
            <Command.Group heading="By id">
              <Command.Item value={node.id} onSelect={() => open(addressOf(node.id))}>
                <Icon name="list" />
                {node.workflow?.name ?? "Execution"} <Id of={node.id} />
              </Command.Item>
            </Command.Group>
          )}
          {isFound && "name" in node && (
            <Command.Group heading="By id">
              <Command.Item value={node.id} onSelect={() => open(workflowAddress(node.id))}>
                <Icon name="flow" />
                {node.name}
              </Command.Item>
            </Command.Group>
          )}
          {workflows.length > 0 && text.trim() && (
            <Command.Group heading="Workflows">
              {workflows.map((workflow) => (
                <Command.Item key={workflow.id} value={workflow.id} onSelect={() => open(workflowAddress(workflow.id))}>
                  <Icon name="flow" />
                  {workflow.name} <span className="t3">@{workflow.version}</span>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {pages.length > 0 && (
            <Command.Group heading="Pages">
              {pages.map((page) => (
                <Command.Item key={page.path} value={page.path} onSelect={() => open(page.path)}>
                  <Icon name={page.icon} />
                  {page.name}
                </Command.Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
        <footer className={styles.foot}>
          <span>
            <Key>↑</Key> <Key>↓</Key> choose
          </span>
          <span>
            <Key>↵</Key> open
          </span>
          <span>
            <Key>Esc</Key> close
          </span>
        </footer>
      </Command>
    </dialog>
  );
}
