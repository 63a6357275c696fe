// A menu of what is done seldom: it opens by a button of three points.
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import { IconButton } from "./button";
import { Icon } from "./icon";
import styles from "./menu.module.css";

export interface MenuItem {
  name: string;
  icon: string;
  isDanger?: boolean;
  /** Why it cannot be chosen. */
  offBecause?: string | null;
  onChoose: () => void;
}

export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton icon="more" label={label} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align="end" sideOffset={6} collisionPadding={8}>
          {items.map((item) => (
            <DropdownMenu.Item
              key={item.name}
              className={`${styles.item} ${item.isDanger ? styles.danger : ""}`}
              disabled={Boolean(item.offBecause)}
              title={item.offBecause ?? undefined}
              onSelect={item.onChoose}
            >
              <Icon name={item.icon} />
              {item.name}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
