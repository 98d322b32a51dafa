// Turns the common `:names:` that Slack knows into the characters they stand for; unknown names stay as they are.

const NAMES = `
smile 😄 smiley 😃 grinning 😀 grin 😁 joy 😂 wink 😉 blush 😊 slightly_smiling_face 🙂 thinking_face 🤔 sunglasses 😎 nerd_face 🤓
neutral_face 😐 confused 😕 worried 😟 cry 😢 sob 😭 scream 😱 sweat_smile 😅 relieved 😌 sleeping 😴 zzz 💤 see_no_evil 🙈
wave 👋 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪 ok_hand 👌 point_right 👉 point_left 👈
point_up ☝️ point_down 👇 raised_hand ✋ handshake 🤝 eyes 👀 brain 🧠 nail_care 💅 writing_hand ✍️
rocket 🚀 fire 🔥 sparkles ✨ star ⭐ star2 🌟 dizzy 💫 zap ⚡ boom 💥 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅
first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉 dart 🎯 crown 👑 gem 💎 100 💯 heart ❤️ blue_heart 💙 green_heart 💚
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ warning ⚠️ no_entry ⛔
no_entry_sign 🚫 question ❓ grey_question ❔ exclamation ❗ grey_exclamation ❕ bangbang ‼️ information_source ℹ️ sos 🆘 new 🆕
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫
large_green_square 🟩 large_yellow_square 🟨 large_red_square 🟥 black_large_square ⬛ white_large_square ⬜
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrows_counterclockwise 🔄 repeat 🔁 left_right_arrow ↔️ heavy_plus_sign ➕
heavy_minus_sign ➖ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟
bulb 💡 memo 📝 pencil 📝 pencil2 ✏️ book 📖 books 📚 bookmark 🔖 clipboard 📋 calendar 📅 date 📅 spiral_calendar_pad 🗓️ pushpin 📌
round_pushpin 📍 paperclip 📎 link 🔗 mag 🔍 mag_right 🔎 key 🔑 lock 🔒 unlock 🔓 bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢
speech_balloon 💬 thought_balloon 💭 email 📧 envelope ✉️ inbox_tray 📥 outbox_tray 📤 package 📦 label 🏷️ wastebasket 🗑️
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 moneybag 💰 money_with_wings 💸 credit_card 💳 receipt 🧾
computer 💻 desktop_computer 🖥️ keyboard ⌨️ phone ☎️ iphone 📱 battery 🔋 electric_plug 🔌 gear ⚙️ wrench 🔧 hammer 🔨
hammer_and_wrench 🛠️ toolbox 🧰 test_tube 🧪 microscope 🔬 telescope 🔭 compass 🧭 world_map 🗺️ satellite 🛰️ robot_face 🤖 robot 🤖
alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ hourglass ⌛ hourglass_flowing_sand ⏳ clock1 🕐 clock9 🕘 sunrise 🌅 sunny ☀️ moon 🌙 cloud ☁️
rainbow 🌈 snowflake ❄️ seedling 🌱 herb 🌿 four_leaf_clover 🍀 evergreen_tree 🌲 deciduous_tree 🌳 mountain ⛰️ ocean 🌊
coffee ☕ tea 🍵 pizza 🍕 cake 🍰 cookie 🍪 apple 🍎 beers 🍻 house 🏠 office 🏢 school 🏫 construction 🚧 traffic_light 🚦
ship 🚢 airplane ✈️ car 🚗 bike 🚲 runner 🏃 walking 🚶 busts_in_silhouette 👥 bust_in_silhouette 👤 technologist 🧑‍💻 mortar_board 🎓
art 🎨 musical_note 🎵 game_die 🎲 jigsaw 🧩 puzzle_piece 🧩 bug 🐛 turtle 🐢 rabbit 🐰 owl 🦉 unicorn_face 🦄 snail 🐌 whale 🐳
`;

const KNOWN = new Map();
const words = NAMES.trim().split(/\s+/);
for (let i = 0; i < words.length; i += 2) KNOWN.set(words[i], words[i + 1]);

export const emoji = (name) => KNOWN.get(name.toLowerCase());
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/gi, (whole, name) => emoji(name) ?? whole);
