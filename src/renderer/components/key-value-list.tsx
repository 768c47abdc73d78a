import type { ReactNode } from 'react';
import classes from './key-value-list.module.css';

/** Names and values in two columns. */
export function KeyValueList({ items }: { items: readonly { name: ReactNode; value: ReactNode; key?: string }[] }) {
  return (
    <dl className={classes['list']}>
      {items.map(({ name, value, key }, index) => (
        <div key={key ?? (typeof name === 'string' ? name : index)} className={classes['item']}>
          <dt className={classes['name']}>{name}</dt>
          <dd className={classes['value']}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
