// Dark or light: as the system says, unless the user chose.

const KEY = 'theme';

export function applyTheme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

export function toggleTheme() {
  const chosen = document.documentElement.dataset.theme;
  const isDark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  localStorage.setItem(KEY, isDark ? 'light' : 'dark');
  applyTheme();
}
