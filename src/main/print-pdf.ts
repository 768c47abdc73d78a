/** Prints a report by a window that nobody sees. */
import { BrowserWindow } from 'electron';
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

export async function printPdf({ htmlPath, pdfPath }: { htmlPath: string; pdfPath: string }): Promise<void> {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, javascript: false, contextIsolation: true },
  });
  try {
    await window.loadURL(pathToFileURL(htmlPath).href);
    const bytes = await window.webContents.printToPDF({
      pageSize: 'A4',
      printBackground: true,
      preferCSSPageSize: true,
    });
    await writeFile(pdfPath, bytes);
  } finally {
    window.destroy();
  }
}
