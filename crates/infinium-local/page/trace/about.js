// What a trace says about itself besides its steps: texts, prompts, environment, tags, sections.
import { content } from '../content/content.js';
import { jsonView } from '../content/json.js';
import { h } from '../dom.js';
import { errorView, facts } from './detail.js';

/** @param {Record<string, any>} body */
export function about(body) {
  const { custom_tags: tags = {}, ...environment } = body.environment ?? {};
  const prompts = body.prompt_studio?.prompts_used ?? [];
  return h(
    'div',
    { class: 'about' },
    body.description && h('p', {}, body.description),
    (Array.isArray(body.errors) ? body.errors : []).map(errorView),
    body.outcome !== undefined && content('Outcome', body.outcome),
    body.input_summary !== undefined && content('Input', body.input_summary, { cutAt: 3000 }),
    body.output_summary !== undefined && content('Output', body.output_summary, { cutAt: 8000 }),
    body.expected_outcome &&
      part('Expected outcome', jsonView(JSON.stringify(body.expected_outcome))),
    body.llm_usage && part('Model usage', jsonView(JSON.stringify(body.llm_usage))),
    prompts.length > 0 && part('Prompts used', promptTable(prompts)),
    Object.keys(tags).length > 0 && part('Tags', tagLinks(tags)),
    Object.keys(environment).length > 0 &&
      part('Environment', facts(Object.entries(environment).map(([name, value]) => [name, value]))),
    body.sections && part('Sections', jsonView(JSON.stringify(body.sections))),
  );
}

/** @param {string} title @param {...import('../dom.js').Child} children */
function part(title, ...children) {
  return h('section', { class: 'part' }, h('h3', {}, title), children);
}

/** @param {Record<string, any>[]} prompts */
function promptTable(prompts) {
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0' },
    h(
      'table',
      {},
      h(
        'tr',
        {},
        ['Prompt', 'Version', 'Variables', 'Fetched'].map((title) => h('th', {}, title)),
      ),
      prompts.map((prompt) =>
        h(
          'tr',
          {},
          h('td', {}, prompt.prompt_name ?? prompt.prompt_id),
          h('td', {}, prompt.version),
          h('td', {}, (prompt.variables_used ?? []).join(', ')),
          h('td', {}, prompt.fetched_at),
        ),
      ),
    ),
  );
}

/** @param {Record<string, unknown>} tags */
function tagLinks(tags) {
  return h(
    'p',
    { class: 'tags' },
    Object.entries(tags).flatMap(([key, value]) => {
      const tag = `${key}:${typeof value === 'object' ? JSON.stringify(value) : value}`;
      return [h('a', { class: 'tag', href: `/?${new URLSearchParams({ tag })}` }, tag), ' '];
    }),
  );
}
