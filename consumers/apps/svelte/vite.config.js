import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';

// The test is no browser, and its server has no name.
const csrf = { trustedOrigins: ['*'] };

export default { plugins: [sveltekit({ adapter: adapter(), csrf })] };
