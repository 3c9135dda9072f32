/** What a browser is given to keep, as `BrowserContext.addCookies` takes it. */
export interface GivenCookie {
  name: string;
  value: string;
  url: string;
}

/** Posts a form as a browser does, without following where its answer leads. */
export async function postForm(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', ...headers },
    body: new URLSearchParams(fields),
  });
}

/** The cookies an answer sets. */
export function cookiesOf(answer: Response): GivenCookie[] {
  return answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value, url: new URL(answer.url).origin };
  });
}
