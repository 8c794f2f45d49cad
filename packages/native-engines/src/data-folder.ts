import envPaths from 'env-paths';

/**
 * Where this user's programs keep their data: `$XDG_DATA_HOME/segsde` or `~/.local/share/segsde` on Linux, `~/Library/Application Support/segsde` on
 * macOS, `%LOCALAPPDATA%\segsde\Data` on Windows.
 */
export const dataFolder = (): string => envPaths('segsde', { suffix: '' }).data;
