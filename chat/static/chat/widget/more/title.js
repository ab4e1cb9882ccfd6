// How much is unread, before the page's title: made from the title of the moment, since single-page sites change it.

const PREFIX = /^\(\d+\+?\) /;

export function createTitle(page = document) {
  return {
    show(count) {
      const bare = page.title.replace(PREFIX, "");
      const wanted = count ? `(${count}) ${bare}` : bare;
      if (page.title !== wanted) page.title = wanted;
    },
  };
}
