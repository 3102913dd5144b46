// One trace: what it did, step by step.
import { getText } from '../api.js';
import { copyButton } from '../copy.js';
import { fill, h } from '../dom.js';
import { cost, counted, duration, when } from '../format.js';
import { useKeys } from '../keys.js';
import { state } from '../list/row.js';
import { go, setQuery, setTitle } from '../router.js';
import { about } from './about.js';
import { stepDetail } from './detail.js';
import { readTrace } from './model.js';
import { asCurl, raw } from './raw.js';
import { transcript } from './transcript.js';
import { waterfall } from './waterfall.js';

const TABS = ['steps', 'transcript', 'about', 'raw'];

/** @type {import('../router.js').View} */
export function traceView({ main, parameters: [id], query }) {
  /** @type {(() => void)[]} */
  const ends = [];
  const path = `/local/traces/${encodeURIComponent(id)}`;
  const place = h('div', { class: 'page' }, h('p', { class: 'quiet' }, 'Loading'));
  main.append(place);
  load().catch((error) => {
    fill(
      place,
      h('h1', {}, 'This trace cannot be shown'),
      h('p', {}, error.message),
      h('a', { href: '/' }, 'All traces'),
    );
  });
  let isLeft = false;
  return () => {
    isLeft = true;
    for (const end of ends) end();
  };

  async function load() {
    const answer = await getText(path);
    if (isLeft) return;
    const trace = JSON.parse(answer);
    show(trace, bodyText(answer));
  }

  /** @param {Record<string, any>} trace @param {string} text the body as it was sent */
  function show(trace, text) {
    const { body } = trace;
    const model = readTrace(body);
    setTitle(String(body.name ?? 'Trace'));
    const panel = h('div', { class: 'panel', role: 'tabpanel', id: 'panel' });
    const tabs = TABS.map((tab) =>
      h(
        'button',
        {
          role: 'tab',
          id: `tab-${tab}`,
          'aria-controls': 'panel',
          on: { click: () => choose(tab) },
        },
        tab[0].toUpperCase() + tab.slice(1),
      ),
    );
    const steps = stepsView();
    ends.push(steps.stop);

    /** @param {string} tab */
    function choose(tab) {
      for (const button of tabs) {
        button.setAttribute('aria-selected', String(button.id === `tab-${tab}`));
      }
      panel.setAttribute('aria-labelledby', `tab-${tab}`);
      panel.classList.toggle('split', tab === 'steps');
      if (tab === 'steps') fill(panel, steps.element);
      if (tab === 'transcript') fill(panel, transcript(body, model));
      if (tab === 'about') fill(panel, about(body));
      if (tab === 'raw') fill(panel, raw(text, trace.agentId));
      if (tab === 'steps') query.delete('tab');
      else query.set('tab', tab);
      setQuery(query);
    }

    function stepsView() {
      const detail = h('div', {
        class: 'detail',
        tabindex: '0',
        role: 'region',
        'aria-label': 'Step',
      });
      const flow = waterfall(model, (step) => {
        fill(detail, stepDetail(step, model.isTimeTold));
        detail.scrollTop = 0;
        query.set('step', String(step.number));
        setQuery(query);
      });
      fill(
        detail,
        model.steps.length === 0
          ? about(body)
          : h('p', { class: 'quiet' }, 'Choose a step: j and k move.'),
      );
      const note = h(
        'p',
        { class: 'note quiet' },
        'The sender did not tell when the steps began: they are drawn one after another.',
      );
      const element = h(
        'div',
        { class: 'split-inner' },
        h(
          'div',
          { class: 'flow' },
          !model.isTimeTold && model.steps.length > 0 && note,
          flow.element,
        ),
        detail,
      );
      ends.push(
        useKeys([
          { key: 'j', does: 'next step', run: () => flow.move(1) },
          { key: 'k', does: 'previous step', run: () => flow.move(-1) },
          { key: 'e', does: 'next step that failed', run: flow.nextFailed },
          { key: 'Enter', does: 'hide or show the parts of the step', run: flow.toggle },
          { key: 'r', does: 'raw body', run: () => choose('raw') },
          { key: 's', does: 'steps', run: () => choose('steps') },
          { key: 'a', does: 'about the trace', run: () => choose('about') },
          { key: 'v', does: 'transcript', run: () => choose('transcript') },
          { key: 'Escape', does: 'back to the list', run: () => go('/') },
        ]),
      );
      return { element, stop: flow.stop, flow };
    }

    const usage = body.llm_usage ?? {};
    const failed = model.steps.some(({ error }) => error) || (body.errors ?? []).length > 0;
    fill(
      place,
      h(
        'div',
        { class: 'trace-head' },
        h(
          'div',
          { class: 'trace-title' },
          h('h1', {}, body.name || '(no name)'),
          state(failed, body.outcome),
        ),
        h('p', { class: 'quiet' }, summary(trace, usage, model)),
        h(
          'div',
          { class: 'trace-bar' },
          h('div', { role: 'tablist', 'aria-label': 'Views of the trace' }, tabs),
          h(
            'div',
            { class: 'formats' },
            copyButton('Copy link', () => location.href),
            copyButton('JSON', () => text),
            copyButton('Markdown', () => getText(`${path}/markdown`)),
            copyButton('curl', () => asCurl(text, trace.agentId)),
          ),
        ),
      ),
      panel,
    );
    place.className = 'trace';
    choose(TABS.includes(query.get('tab') ?? '') ? String(query.get('tab')) : 'steps');
    const wanted = Number(query.get('step'));
    const firstFailed = model.steps.find(({ error }) => error);
    if (!(wanted && steps.flow.show(wanted)) && firstFailed) steps.flow.show(firstFailed.number);
  }
}

/**
 * @param {Record<string, any>} trace
 * @param {Record<string, any>} usage
 * @param {import('./model.js').Model} model
 */
function summary({ agentId, receivedAt, body }, usage, model) {
  const tokens = usage.total_tokens ?? (usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0);
  const session = body.environment?.custom_tags?.session_id;
  const facts = [
    agentId,
    when(Date.parse(receivedAt)),
    duration(body.duration * 1000),
    counted(model.steps.length, 'step'),
    tokens > 0 && counted(tokens, 'token'),
    cost(usage.estimated_cost_usd),
  ];
  return [
    facts.filter(Boolean).join(' · '),
    session !== undefined && [
      ' · ',
      h('a', { href: `/sessions/${encodeURIComponent(session)}` }, `session ${session}`),
    ],
  ].flat();
}

/** The body within an answer, as it was sent: it is the last member. @param {string} answer */
function bodyText(answer) {
  return answer.slice(answer.indexOf('"body":') + '"body":'.length, -1);
}
