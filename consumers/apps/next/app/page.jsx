import { cookies } from 'next/headers';
import { report } from '../report.mjs';

async function send() {
  'use server';
  (await cookies()).set('result', await report('Action'));
}

export default async function Page() {
  return (
    <form action={send}>
      <p>{(await cookies()).get('result')?.value}</p>
      <button type="submit">Send</button>
    </form>
  );
}
