import { Form } from 'react-router';
import { report } from '../../report.mjs';

export const action = async () => ({ result: await report('Action') });

export default function Home({ actionData }) {
  return <Form method="post">{actionData?.result}</Form>;
}
