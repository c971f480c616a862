package gen

var categories = []category{
	{52, "Information Technology"},
	{51, "Government and Legal Organizations"},
	{49, "Business"},
	{41, "Search Engines and Portals"},
	{36, "News and Media"},
	{42, "Shopping"},
	{33, "Health and Wellness"},
	{30, "Education"},
	{46, "Sports"},
	{31, "Finance and Banking"},
	{43, "General Organizations"},
	{48, "Travel"},
	{17, "Advertising"},
	{25, "Streaming Media and Download"},
	{37, "Social Networking"},
	{26, "Malicious Websites"},
	{90, "Newly Observed Domain"},
	{14, "Pornography"},
	{11, "Gambling"},
	{56, "Web Hosting"},
}

var applications = []application{
	{40568, "HTTPS.BROWSER", "Web.Client", "medium"},
	{16270, "HTTP.BROWSER", "Web.Client", "medium"},
	{41468, "Microsoft.Office.365", "Collaboration", "elevated"},
	{43541, "Microsoft.Teams", "Collaboration", "elevated"},
	{33182, "Microsoft.Outlook.Office.365", "Email", "medium"},
	{41469, "Microsoft.Portal", "Collaboration", "elevated"},
	{16040, "Google.Services", "General.Interest", "elevated"},
	{31077, "YouTube", "Video/Audio", "elevated"},
	{15832, "Facebook", "Social.Media", "medium"},
	{16195, "DNS", "Network.Service", "elevated"},
	{40170, "Microsoft.Windows.Update", "Update", "elevated"},
	{15722, "Adobe.Update", "Update", "medium"},
	{17735, "OneDrive", "Storage.Backup", "medium"},
	{38614, "Zoom", "Video/Audio", "elevated"},
	{16072, "Spotify", "Video/Audio", "medium"},
	{16085, "LinkedIn", "Social.Media", "elevated"},
}

// headSites are the names that every council's staff uses, the most used first.
var headSites = []struct {
	name, org, country string
	category, app      int
	median             float64
}{
	{"outlook.office365.com", "Microsoft Corporation", "Ireland", 0, 4, 24_000},
	{"teams.microsoft.com", "Microsoft Corporation", "Ireland", 0, 3, 60_000},
	{"login.microsoftonline.com", "Microsoft Corporation", "Netherlands", 0, 5, 9_000},
	{"www.google.com", "Google LLC", "United States", 3, 6, 30_000},
	{"graph.microsoft.com", "Microsoft Corporation", "Ireland", 0, 2, 8_000},
	{"www.gov.uk", "Government Digital Service", "United Kingdom", 1, 0, 40_000},
	{"settings-win.data.microsoft.com", "Microsoft Corporation", "Ireland", 0, 2, 5_000},
	{"onedrive.live.com", "Microsoft Corporation", "Netherlands", 0, 12, 90_000},
	{"www.bbc.co.uk", "British Broadcasting Corporation", "United Kingdom", 4, 0, 120_000},
	{"fonts.gstatic.com", "Google LLC", "United States", 0, 6, 25_000},
	{"ctldl.windowsupdate.com", "Microsoft Corporation", "United States", 0, 10, 12_000},
	{"www.googletagmanager.com", "Google LLC", "United States", 12, 6, 30_000},
	{"edge.microsoft.com", "Microsoft Corporation", "United States", 0, 2, 7_000},
	{"www.linkedin.com", "LinkedIn Corporation", "United States", 14, 15, 80_000},
	{"clients4.google.com", "Google LLC", "United States", 3, 6, 6_000},
	{"www.youtube.com", "Google LLC", "United States", 13, 7, 900_000},
	{"ajax.googleapis.com", "Google LLC", "United States", 0, 6, 30_000},
	{"www.facebook.com", "Meta Platforms, Inc.", "Ireland", 14, 8, 90_000},
	{"acroipm2.adobe.com", "Adobe Inc.", "United States", 0, 11, 8_000},
	{"maps.googleapis.com", "Google LLC", "United States", 3, 6, 50_000},
	{"www.nhs.uk", "NHS England", "United Kingdom", 6, 0, 60_000},
	{"www.local.gov.uk", "Local Government Association", "United Kingdom", 1, 0, 70_000},
	{"www.planningportal.co.uk", "PortalPlanQuest Limited", "United Kingdom", 1, 0, 90_000},
	{"osdatahub.os.uk", "Ordnance Survey Limited", "United Kingdom", 1, 0, 220_000},
	{"www.theguardian.com", "Guardian News and Media Limited", "United States", 4, 0, 180_000},
	{"zoom.us", "Zoom Video Communications, Inc.", "United States", 0, 13, 400_000},
	{"www.amazon.co.uk", "Amazon.com, Inc.", "Ireland", 5, 0, 150_000},
	{"api.notifications.service.gov.uk", "Government Digital Service", "Ireland", 1, 0, 4_000},
	{"www.postoffice.co.uk", "Post Office Limited", "United Kingdom", 2, 0, 60_000},
	{"self.events.data.microsoft.com", "Microsoft Corporation", "United States", 0, 2, 4_000},
	{"www.rightmove.co.uk", "Rightmove Group Limited", "United Kingdom", 2, 0, 160_000},
	{"open.spotify.com", "Spotify AB", "Sweden", 13, 14, 700_000},
	{"www.nationalrail.co.uk", "Rail Delivery Group", "United Kingdom", 11, 0, 90_000},
	{"www.legislation.gov.uk", "The National Archives", "United Kingdom", 1, 0, 110_000},
	{"doubleclick.net", "Google LLC", "United States", 12, 6, 9_000},
	{"www.metoffice.gov.uk", "Met Office", "United Kingdom", 1, 0, 60_000},
	{"www.lloydsbank.com", "Lloyds Banking Group PLC", "United Kingdom", 9, 0, 40_000},
	{"www.tesco.com", "Tesco Stores Limited", "Ireland", 5, 0, 140_000},
	{"cdn.jsdelivr.net", "jsDelivr", "United States", 0, 0, 30_000},
	{"www.civica.com", "Civica UK Limited", "United Kingdom", 2, 0, 50_000},
}

var webWords = []string{
	"north", "river", "park", "civic", "green", "home", "blue", "stone", "market", "oak", "bright", "smart", "open", "town", "first", "clear",
	"local", "north", "east", "west", "valley", "harbour", "summit", "swift", "prime", "happy", "digital", "family", "garden", "trade", "union", "vital",
	"active", "better", "castle", "direct", "event", "fresh", "global", "heritage", "insight", "junction", "key", "legal", "media", "nova", "orbit", "pixel",
	"quick", "rural", "silver", "team", "urban", "vista", "wild", "young", "zen", "apex", "bridge", "crown", "delta", "echo", "forge", "granite",
}

var webNouns = []string{
	"news", "shop", "care", "works", "hub", "school", "travel", "housing", "supplies", "store", "media", "homes", "parts", "tools", "kitchens", "law",
	"tickets", "training", "jobs", "print", "recruit", "books", "sport", "bikes", "health", "advice", "finance", "energy", "foods", "hire", "cars", "events",
	"gardens", "maps", "motors", "music", "pets", "photo", "rail", "roofing", "signs", "surveys", "timber", "toys", "vets", "video", "walks", "wines",
}

var topLevels = []string{".co.uk", ".co.uk", ".co.uk", ".com", ".com", ".com", ".com", ".org.uk", ".org", ".net", ".io", ".uk", ".eu", ".info"}

var firstNames = []string{
	"Aisha", "Alan", "Amelia", "Andrew", "Angela", "Ben", "Beth", "Callum", "Carol", "Chloe", "Craig", "Daniel", "David", "Deepa", "Diane", "Ed",
	"Eleanor", "Emma", "Fatima", "Fiona", "Gareth", "George", "Grace", "Hannah", "Harpreet", "Helen", "Ian", "Imran", "Jack", "James", "Jane", "Joanne",
	"Julie", "Karen", "Kavita", "Keith", "Laura", "Leanne", "Liam", "Lucy", "Mark", "Martin", "Mary", "Megan", "Michael", "Mohammed", "Natalie", "Neil",
	"Nicola", "Oliver", "Owen", "Patricia", "Paul", "Peter", "Priya", "Rachel", "Raj", "Rebecca", "Richard", "Robert", "Ruth", "Sam", "Sarah", "Simon",
	"Sophie", "Stephen", "Stuart", "Susan", "Tariq", "Tom", "Tracey", "Victoria", "Wendy", "Will", "Yusuf", "Zoe",
}

var lastNames = []string{
	"Ahmed", "Allen", "Bailey", "Baker", "Bell", "Bennett", "Brown", "Campbell", "Carter", "Chapman", "Clark", "Collins", "Cook", "Cooper", "Cox", "Davies",
	"Davis", "Edwards", "Ellis", "Evans", "Foster", "Fox", "Gill", "Graham", "Gray", "Green", "Hall", "Harris", "Hill", "Holmes", "Hughes", "Hussain",
	"Jackson", "James", "Jenkins", "Johnson", "Jones", "Kaur", "Kelly", "Khan", "King", "Knight", "Lee", "Lewis", "Marshall", "Mason", "Mills", "Mitchell",
	"Moore", "Morgan", "Morris", "Murphy", "Murray", "Palmer", "Parker", "Patel", "Phillips", "Powell", "Price", "Reid", "Reynolds", "Richards", "Roberts", "Robinson",
	"Rogers", "Ross", "Scott", "Shah", "Shaw", "Singh", "Smith", "Stevens", "Stewart", "Taylor", "Thomas", "Thompson", "Turner", "Walker", "Ward", "Watson",
	"Webb", "White", "Williams", "Wilson", "Wood", "Wright", "Young",
}
