import { report } from '../../report.mjs';

export async function GET() {
  return new Response(await report('Route'));
}
