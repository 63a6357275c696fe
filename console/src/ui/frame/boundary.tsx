// Where a page fails while it is drawn: it says so, and the console round it stays.
import { Component, type ReactNode } from "react";
import { ErrorBox } from "../parts/nothing";
import { Page } from "./page";

interface Props {
  /** What is shown; at another address it is tried anew. */
  address: string;
  children: ReactNode;
}

interface State {
  fault: Error | null;
  address: string;
}

export class Boundary extends Component<Props, State> {
  override state: State = { fault: null, address: this.props.address };

  static getDerivedStateFromError(thrown: unknown): Partial<State> {
    return { fault: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  static getDerivedStateFromProps({ address }: Props, before: State): State | null {
    return address === before.address ? null : { fault: null, address };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return (
      <Page title="Not shown">
        {/* Loaded anew, because a part of the console that did not come is not asked for twice. */}
        <ErrorBox title="This page could not be drawn" problem={{ message: fault.message, code: fault.name, requestId: null }} onAgain={() => location.reload()} />
      </Page>
    );
  }
}
