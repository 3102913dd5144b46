// A day of two agents, for the pictures in the documentation.
import { makeTrace } from '../../../scripts/workbench/traces.mjs';

const QUESTIONS = [
  'Where is my order?',
  'Cancel my subscription',
  'The invoice has the wrong address',
  'How do I reset my password?',
  'Refund for a broken lamp',
  'Change the delivery date',
  'Which plan fits a team of five?',
  'The app does not start after the update',
];
const TOPICS = ['battery recycling', 'tidal power', 'urban heat', 'seed banks', 'rail freight'];
const ANSWERS = [
  'Your order left the warehouse this morning and arrives on Thursday.',
  'The subscription ends on the last day of this month; nothing more will be charged.',
  'The invoice was issued again with the new address.',
  'A link to choose a new password is on its way to you.',
  'The refund was approved and takes three working days.',
];
const HOUR = 3_600_000;

/** @param {number} index @param {number} now @returns {string} a line of an export */
function line(index, now) {
  const isSupport = index % 3 > 0;
  const made = makeTrace(index, {
    steps: isSupport ? 3 + (index % 4) : 6 + (index % 7),
    words: 14,
  });
  const question = QUESTIONS[index % QUESTIONS.length];
  const topic = TOPICS[index % TOPICS.length];
  made.name = isSupport ? question : `Research: ${topic}`;
  made.description = isSupport ? 'Answers a customer' : 'Collects sources and writes a summary';
  made.input_summary = isSupport ? question : `Write a summary about ${topic}, with sources.`;
  made.output_summary = isSupport
    ? ANSWERS[index % ANSWERS.length]
    : `# ${topic[0].toUpperCase()}${topic.slice(1)}\n\nThree sources agree:\n\n- demand grows by **4 %** a year\n- costs have halved since 2015`;
  made.environment.custom_tags = {
    session_id: `${isSupport ? 'chat' : 'study'}-${Math.floor(index / 4)}`,
    team: isSupport ? 'support' : 'research',
  };
  for (const step of made.steps) {
    if (step.llm_call) {
      step.input_preview = `You help customers of a shop. Customer: ${question}`;
      step.output_preview = step.step_number === 1 ? 'I look that up.' : made.output_summary;
      step.metadata.finish_reason = step.step_number === 1 ? 'tool_calls' : 'stop';
      step.metadata.time_to_first_token_ms = 80 + (index % 90);
    } else {
      step.input_preview = JSON.stringify({ query: question, limit: 3 });
      step.output_preview = JSON.stringify({ status: 'shipped', carrier: 'rail', days: index % 5 });
    }
  }
  if (index % 9 === 4) {
    const last = made.steps[made.steps.length - 1];
    last.error = { error_type: 'TimeoutError', message: 'the tool did not answer in time' };
    made.outcome = 'failure';
  }
  // More by day than by night.
  const hoursAgo = 24 * (1 - ((index * 7919) % 997) / 997) ** 1.4;
  return JSON.stringify({
    traceId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    agentId: isSupport ? 'support-agent' : 'research-agent',
    receivedMs: Math.round(now - hoursAgo * HOUR),
    source: 'infinium',
    body: made,
  });
}

/** @param {number} count @param {number} now @returns {string} what `infinium-local import` reads */
export function sampleDay(count, now) {
  return Array.from({ length: count }, (_, index) => line(index, now))
    .sort((a, b) => JSON.parse(a).receivedMs - JSON.parse(b).receivedMs)
    .join('\n');
}
