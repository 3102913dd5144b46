import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage } from '@langchain/core/messages';

/** A model that needs no network: it gives the answers that it was made with, one after the other. */
export class FakeModel extends BaseChatModel {
  /** @param {ConstructorParameters<typeof AIMessage>[0][]} answers */
  constructor(answers) {
    super({});
    this.answers = answers;
  }

  _llmType() {
    return 'fake';
  }

  /** @override */
  getLsParams() {
    return {
      ls_provider: 'fake',
      ls_model_name: 'fake-1',
      ls_model_type: /** @type {const} */ ('chat'),
    };
  }

  /**
   * @override
   * @param {any[]} tools
   */
  bindTools(tools) {
    return this.withConfig(/** @type {any} */ ({ tools }));
  }

  async _generate() {
    const message = new AIMessage(/** @type {any} */ (this.answers.shift()));
    return { generations: [{ message, text: message.text }] };
  }
}
