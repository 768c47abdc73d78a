import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ErrorMessage } from '../components/error-message.tsx';

type Props = { address: string; children: ReactNode };
type State = { address: string; error: Error | null };

/** A view that fails leaves the rest of the page usable. React knows error boundaries as classes only. */
export class ViewBoundary extends Component<Props, State> {
  override state: State = { address: this.props.address, error: null };

  static getDerivedStateFromError(error: Error): Partial<State> {
    return { error };
  }

  /** A view that failed is left behind by going to another address. */
  static getDerivedStateFromProps({ address }: Props, state: State): State | null {
    return address === state.address ? null : { address, error: null };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <ErrorMessage title="This view could not be shown" error={error}>
        <Button variant="default" onClick={() => this.setState({ error: null })}>
          Show it again
        </Button>
      </ErrorMessage>
    );
  }
}
