import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ErrorMessage } from '../components/error-message.tsx';

type State = { error: Error | null };

/** A view that fails leaves the rest of the page usable. React knows error boundaries as classes only. */
export class ViewBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
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
